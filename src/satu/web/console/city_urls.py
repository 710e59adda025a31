"""Where cases, tariffs, coverage, reference data and the audit are."""

from django.urls import path

from satu.web.console import audit, cases, cases_page, coverage, reference, tariffs, tariffs_draft

urlpatterns = [
    path("cases/", cases.cases, name="cases"),
    path("cases/new", cases.new, name="case_new"),
    path("cases/<int:number>/", cases_page.case, name="case"),
    path("cases/<int:number>/read", cases_page.read, name="case_read"),
    path("cases/<int:number>/take", cases_page.take, name="case_take"),
    path("cases/<int:number>/answer", cases_page.answer, name="case_answer"),
    path("cases/<int:number>/<str:what>", cases_page.step, name="case_step"),
    path("tariffs/", tariffs.tariffs, name="tariffs"),
    path("tariffs/compare", tariffs.compare, name="tariff_compare"),
    path("tariffs/upload", tariffs.upload, name="tariff_upload"),
    path("tariffs/roll-back", tariffs_draft.roll_back, name="tariff_roll_back"),
    path("tariffs/drafts/<int:number>/", tariffs_draft.draft, name="tariff_draft"),
    path("tariffs/drafts/<int:number>/rehearse", tariffs_draft.rehearse, name="tariff_rehearse"),
    path("tariffs/drafts/<int:number>/activate", tariffs_draft.activate, name="tariff_activate"),
    path("tariffs/rehearsals/<int:number>/", tariffs_draft.rehearsal, name="rehearsal"),
    path("tariffs/rehearsals/<int:number>.svg", tariffs_draft.picture, name="rehearsal_picture"),
    path("tariffs/proposals/<int:number>/", tariffs_draft.decide, name="tariff_decide"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("reference/", reference.reference, name="reference"),
    path("reference/organisations/new", reference.organisation_new, name="organisation_new"),
    path(
        "reference/organisations/<str:key>/edit",
        reference.organisation_edit,
        name="organisation_edit",
    ),
    path("reference/<str:name>/", reference.table, name="reference_table"),
    path("reference/<str:name>/<str:key>/", reference.row, name="reference_row"),
    path("audit/", audit.audit, name="audit"),
    path("audit/chain", audit.chain, name="audit_chain"),
    path("audit/chain/prove", audit.prove, name="audit_prove"),
    path("audit/staff", audit.staff, name="audit_staff"),
]
