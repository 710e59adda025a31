"""What programs may do: a resident is never removed, a purpose's text is never changed."""

from django.db import migrations

GRANTS = """
grant select, insert, update on people_resident, people_master_key, people_purpose,
    people_retention, people_organisation, people_staff to satu_app;
grant select, insert on people_household, people_purpose_text to satu_app;
grant select, insert, update, delete on people_data_key, people_consent, people_guardian,
    people_check to satu_app;
grant usage on sequence people_resident_id_seq, people_household_id_seq, people_consent_id_seq,
    people_guardian_id_seq, people_check_id_seq, people_purpose_text_id_seq to satu_app;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_tables")]
    operations = [migrations.RunSQL(GRANTS, migrations.RunSQL.noop)]
