"""Fees, agents and what they took, standing orders; who may use what."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cards", "0005_banks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(unique=True)),
                ("name", models.TextField()),
                ("account", models.BigIntegerField(unique=True)),
                ("commission", models.BigIntegerField()),
                ("most", models.BigIntegerField()),
                ("most_a_day", models.BigIntegerField()),
                ("is_open", models.BooleanField(default=True)),
                ("added_at", models.DateTimeField()),
                (
                    "bank",
                    models.ForeignKey(
                        db_column="bank",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.issuer",
                    ),
                ),
            ],
            options={
                "db_table": "payments_agent",
            },
        ),
        migrations.CreateModel(
            name="AgentTopUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("fee", models.BigIntegerField()),
                ("commission", models.BigIntegerField()),
                ("collected", models.BigIntegerField()),
                ("balance", models.BigIntegerField()),
                ("posting", models.UUIDField(unique=True)),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        db_column="agent",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="top_ups",
                        to="payments.agent",
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        db_column="card",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cards.card",
                    ),
                ),
            ],
            options={
                "db_table": "payments_agent_top_up",
            },
        ),
        migrations.CreateModel(
            name="Fee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.TextField()),
                ("up_to", models.BigIntegerField(null=True)),
                ("fee", models.BigIntegerField()),
            ],
            options={
                "db_table": "payments_fee",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("channel", "up_to"), name="one_fee_a_bound", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fee__gte", 0)), name="fee_is_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.TextField(unique=True)),
                ("threshold", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
                ("gap_s", models.BigIntegerField()),
                ("monthly_cap", models.BigIntegerField()),
                ("is_active", models.BooleanField(default=True)),
                ("done", models.IntegerField(default=0)),
                ("last_at", models.DateTimeField(null=True)),
                ("month", models.DateField(null=True)),
                ("month_amount", models.BigIntegerField(default=0)),
                ("tried_at", models.DateTimeField(null=True)),
                ("refused", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "bank",
                    models.ForeignKey(
                        db_column="bank",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.issuer",
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        db_column="card",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cards.card",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        db_column="payer",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cards.card",
                    ),
                ),
            ],
            options={
                "db_table": "payments_order",
            },
        ),
        migrations.AddConstraint(
            model_name="agent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("commission__gte", 0), ("most__gt", 0), ("most_a_day__gte", models.F("most"))
                ),
                name="agent_limits_fit",
            ),
        ),
        migrations.AddIndex(
            model_name="agenttopup",
            index=models.Index(fields=["agent", "day"], name="payments_agent_day"),
        ),
        migrations.AddConstraint(
            model_name="agenttopup",
            constraint=models.UniqueConstraint(
                fields=("agent", "reference"), name="an_agents_reference_is_used_once"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("is_active", True)),
                fields=["card"],
                name="payments_order_active",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("bank", None), ("payer__isnull", False)),
                    models.Q(("bank__isnull", False), ("payer", None)),
                    _connector="OR",
                ),
                name="order_has_one_payer",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0),
                    ("gap_s__gt", 0),
                    ("month_amount__lte", models.F("monthly_cap")),
                    ("monthly_cap__gte", models.F("amount")),
                    ("threshold__gt", 0),
                ),
                name="order_limits_fit",
            ),
        ),
        migrations.RunSQL(
            "grant select, insert, delete on payments_fee to satu_app;"
            " grant select, insert, update on payments_agent, payments_order to satu_app;"
            " grant select, insert on payments_agent_top_up to satu_app;"
            " grant usage on sequence payments_fee_id_seq, payments_agent_id_seq,"
            " payments_agent_top_up_id_seq, payments_order_id_seq to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
