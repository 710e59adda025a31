"""Addresses of the desk: what waits, cards and people, money with four eyes, refunds, orders."""

from django.urls import path

from satu.web.console import approvals, card, card_steps, find, home, orders, refunds, resident

urlpatterns = [
    path("", home.home, name="home"),
    path("cards/", find.find, name="find"),
    path("cards/<int:number>/", card.card, name="card"),
    path("cards/<int:number>/fares/", card.fares, name="card_fares"),
    path("cards/<int:number>/purses/", card.purses, name="card_purses"),
    path("cards/<int:number>/books/", card.books, name="card_books"),
    path("cards/<int:number>/looks/", card.looks, name="card_looks"),
    path("cards/<int:number>/open", card.open_card, name="card_open"),
    path("cards/<int:number>/grant", card_steps.grant_right, name="card_grant"),
    path("cards/<int:number>/do/<str:what>", card_steps.step, name="card_step"),
    path("cards/residents/new", resident.register, name="register"),
    path("cards/residents/<int:number>/", resident.resident, name="resident"),
    path("cards/residents/<int:number>/profile", resident.profile, name="profile"),
    path("cards/residents/<int:number>/link", resident.link, name="link"),
    path("cards/residents/<int:number>/code", resident.code, name="code"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/new/<str:what>", approvals.propose_one, name="propose"),
    path("approvals/<int:number>/", approvals.approval, name="approval"),
    path("approvals/<int:number>/approve", approvals.approve_one, name="approve"),
    path("approvals/<int:number>/decline", approvals.decline_one, name="decline"),
    path("approvals/<int:number>/withdraw", approvals.withdraw_one, name="withdraw"),
    path("refunds/", refunds.refunds, name="refunds"),
    path("refunds/<int:number>/", refunds.refund, name="refund"),
    path("refunds/<int:number>/believe", refunds.believe, name="refund_believe"),
    path("refunds/<int:number>/reject", refunds.disbelieve, name="refund_reject"),
    path("orders/", orders.orders, name="orders"),
    path("orders/new", orders.order_new, name="order_new"),
    path("orders/<int:number>/arrived", orders.order_deliver, name="order_deliver"),
]
