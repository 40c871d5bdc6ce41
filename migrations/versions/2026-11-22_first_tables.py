"""The first tables: a row is a version.

Revision 0001. Going back would throw away what was recorded, so it is refused while there is
anything; an export is the way to move.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Text compares as bytes on both engines.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
START = "0" * 64


def slug(column: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        f"length({column}) BETWEEN 1 AND 128"
        f" AND ltrim({column}, '{LETTERS}._:-') = ''"
        f" AND ltrim(substr({column}, 1, 1), '{LETTERS}') = ''",
        name=op.f(name),
    )


def upgrade() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_to", sa.BigInteger(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("doc", TEXT, nullable=False),
        sa.Column("search", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("assessor", TEXT, nullable=False),
        sa.Column("reliability", TEXT, nullable=True),
        sa.Column("credibility", sa.BigInteger(), nullable=True),
        sa.Column("confidence", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(status = 'active') = (reason IS NULL)",
            name=op.f("ck_assessment_withdrawal_has_reason"),
        ),
        slug("assessor", "ck_assessment_assessor_slug"),
        slug("id", "ck_assessment_id_slug"),
        sa.CheckConstraint(
            "target LIKE 'sources/_%' OR target LIKE 'claims/_%'",
            name=op.f("ck_assessment_target_kind"),
        ),
        sa.CheckConstraint(
            "\"reliability\" IN ('A', 'B', 'C', 'D', 'E', 'F')",
            name=op.f("ck_assessment_reliability_word"),
        ),
        sa.CheckConstraint(
            "\"status\" IN ('active', 'withdrawn', 'entered_in_error')",
            name=op.f("ck_assessment_status_word"),
        ),
        sa.CheckConstraint(
            "confidence BETWEEN 0 AND 100", name=op.f("ck_assessment_confidence_scale")
        ),
        sa.CheckConstraint(
            "credibility BETWEEN 1 AND 6", name=op.f("ck_assessment_credibility_scale")
        ),
        sa.CheckConstraint(
            "length(content_hash) = 64", name=op.f("ck_assessment_content_hash_length")
        ),
        sa.CheckConstraint(
            "recorded_to > recorded_at", name=op.f("ck_assessment_ends_after_start")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_assessment_version_counts")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_assessment")),
    )
    op.create_table(
        "change",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("resource", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("operation", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        slug("id", "ck_change_id_slug"),
        sa.CheckConstraint(
            "\"operation\" IN ('create', 'change', 'withdraw')",
            name=op.f("ck_change_operation_word"),
        ),
        sa.CheckConstraint(
            "\"resource\" IN ('sources', 'measures', 'claims', 'assessments')",
            name=op.f("ck_change_resource_word"),
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_change_digest_length")),
        sa.CheckConstraint("length(hash) = 64", name=op.f("ck_change_hash_length")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_change_seq_counts")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_change_version_counts")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change")),
    )
    op.create_table(
        "claim",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_to", sa.BigInteger(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("doc", TEXT, nullable=False),
        sa.Column("search", TEXT, nullable=False),
        sa.Column("claimant", TEXT, nullable=True),
        sa.Column("document", TEXT, nullable=False),
        sa.Column("utterance", TEXT, nullable=True),
        sa.Column("speech_act", TEXT, nullable=True),
        sa.Column("modality", TEXT, nullable=False),
        sa.Column("polarity", TEXT, nullable=False),
        sa.Column("alternative_mode", TEXT, nullable=False),
        sa.Column("published", TEXT, nullable=True),
        sa.Column("stated_lo", sa.BigInteger(), nullable=False),
        sa.Column("stated_hi", sa.BigInteger(), nullable=False),
        sa.Column("stated_asc", sa.BigInteger(), nullable=False),
        sa.Column("published_lo", sa.BigInteger(), nullable=True),
        sa.Column("published_hi", sa.BigInteger(), nullable=True),
        sa.Column("period_start_lo", sa.BigInteger(), nullable=False),
        sa.Column("period_start_hi", sa.BigInteger(), nullable=False),
        sa.Column("period_end_lo", sa.BigInteger(), nullable=False),
        sa.Column("period_end_hi", sa.BigInteger(), nullable=False),
        sa.Column("tags", TEXT, nullable=False),
        sa.CheckConstraint(
            "(status = 'active') = (reason IS NULL)", name=op.f("ck_claim_withdrawal_has_reason")
        ),
        slug("claimant", "ck_claim_claimant_slug"),
        slug("document", "ck_claim_document_slug"),
        slug("id", "ck_claim_id_slug"),
        slug("utterance", "ck_claim_utterance_slug"),
        sa.CheckConstraint(
            "\"alternative_mode\" IN ('single', 'or', 'xor', 'mix')",
            name=op.f("ck_claim_alternative_mode_word"),
        ),
        sa.CheckConstraint(
            "\"modality\" IN ('plain', 'probable', 'possible')", name=op.f("ck_claim_modality_word")
        ),
        sa.CheckConstraint(
            "\"polarity\" IN ('positive', 'negative')", name=op.f("ck_claim_polarity_word")
        ),
        sa.CheckConstraint(
            "\"speech_act\" IN ('assert', 'estimate', 'suspect', 'report', 'confirm', 'deny', 'correct', 'retract')",
            name=op.f("ck_claim_speech_act_word"),
        ),
        sa.CheckConstraint(
            "\"status\" IN ('active', 'withdrawn', 'entered_in_error')",
            name=op.f("ck_claim_status_word"),
        ),
        sa.CheckConstraint(
            "(published_lo IS NULL) = (published_hi IS NULL)", name=op.f("ck_claim_published_whole")
        ),
        sa.CheckConstraint("length(content_hash) = 64", name=op.f("ck_claim_content_hash_length")),
        sa.CheckConstraint(
            "period_end_lo <= period_end_hi", name=op.f("ck_claim_period_end_order")
        ),
        sa.CheckConstraint(
            "period_start_lo <= period_start_hi", name=op.f("ck_claim_period_start_order")
        ),
        sa.CheckConstraint("published_lo <= published_hi", name=op.f("ck_claim_published_order")),
        sa.CheckConstraint("recorded_to > recorded_at", name=op.f("ck_claim_ends_after_start")),
        sa.CheckConstraint("stated_lo <= stated_hi", name=op.f("ck_claim_stated_order")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_claim_version_counts")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_claim")),
    )
    op.create_table(
        "log_head",
        sa.Column("only", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.CheckConstraint('"only" = 1', name=op.f("ck_log_head_one_row")),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_log_head")),
    )
    op.create_table(
        "measure",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_to", sa.BigInteger(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("doc", TEXT, nullable=False),
        sa.Column("search", TEXT, nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("statistic", TEXT, nullable=False),
        sa.Column("accumulation", TEXT, nullable=False),
        sa.CheckConstraint(
            "(status = 'active') = (reason IS NULL)", name=op.f("ck_measure_withdrawal_has_reason")
        ),
        slug("id", "ck_measure_id_slug"),
        sa.CheckConstraint(
            "\"accumulation\" IN ('cumulative', 'incident', 'stock', 'none')",
            name=op.f("ck_measure_accumulation_word"),
        ),
        sa.CheckConstraint(
            "\"statistic\" IN ('count', 'capacity', 'share', 'rate', 'amount', 'date', 'other')",
            name=op.f("ck_measure_statistic_word"),
        ),
        sa.CheckConstraint(
            "\"status\" IN ('active', 'withdrawn', 'entered_in_error')",
            name=op.f("ck_measure_status_word"),
        ),
        sa.CheckConstraint(
            "length(content_hash) = 64", name=op.f("ck_measure_content_hash_length")
        ),
        sa.CheckConstraint("length(unit) <= 100", name=op.f("ck_measure_unit_length")),
        sa.CheckConstraint("recorded_to > recorded_at", name=op.f("ck_measure_ends_after_start")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_measure_version_counts")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_measure")),
    )
    op.create_table(
        "source",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_to", sa.BigInteger(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("doc", TEXT, nullable=False),
        sa.Column("search", TEXT, nullable=False),
        sa.Column("class", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("affiliation", TEXT, nullable=True),
        sa.Column("is_root", sa.Boolean(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("country", TEXT, nullable=True),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("date", TEXT, nullable=True),
        sa.Column("date_lo", sa.BigInteger(), nullable=False),
        sa.Column("date_hi", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(status = 'active') = (reason IS NULL)", name=op.f("ck_source_withdrawal_has_reason")
        ),
        slug("affiliation", "ck_source_affiliation_slug"),
        slug("id", "ck_source_id_slug"),
        sa.CheckConstraint(
            "\"class\" IN ('agent', 'work', 'occasion')", name=op.f("ck_source_class_word")
        ),
        sa.CheckConstraint(
            "\"kind\" IN ('person', 'official', 'journalist', 'expert', 'eyewitness', 'government', 'ministry', 'intelligence_agency', 'armed_forces', 'international_org', 'ngo', 'think_tank', 'company', 'political_party', 'news_agency', 'newspaper', 'magazine', 'broadcaster', 'news_website', 'other_org', 'other', 'article', 'report', 'press_release', 'dataset', 'image', 'video', 'social_post', 'briefing', 'interview', 'press_conference', 'statement')",
            name=op.f("ck_source_kind_word"),
        ),
        sa.CheckConstraint(
            "\"status\" IN ('active', 'withdrawn', 'entered_in_error')",
            name=op.f("ck_source_status_word"),
        ),
        sa.CheckConstraint(
            "NOT (is_root AND affiliation IS NOT NULL)", name=op.f("ck_source_root_stands_alone")
        ),
        sa.CheckConstraint("class IS NOT NULL", name=op.f("ck_source_class_known")),
        sa.CheckConstraint("date_lo <= date_hi", name=op.f("ck_source_date_order")),
        sa.CheckConstraint("length(content_hash) = 64", name=op.f("ck_source_content_hash_length")),
        sa.CheckConstraint("length(country) = 2", name=op.f("ck_source_country_length")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 500", name=op.f("ck_source_name_length")),
        sa.CheckConstraint("recorded_to > recorded_at", name=op.f("ck_source_ends_after_start")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_source_version_counts")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_source")),
    )
    op.create_table(
        "attribution",
        sa.Column("claim_id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_to", sa.BigInteger(), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("name_as_given", TEXT, nullable=True),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("is_via", sa.Boolean(), nullable=False),
        sa.Column("is_origin", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(position IS NULL) = (role IN ('evidence', 'occasion', 'recipient'))",
            name=op.f("ck_attribution_beside_the_chain"),
        ),
        slug("source", "ck_attribution_source_slug"),
        sa.CheckConstraint(
            "\"basis\" IN ('stated', 'inferred', 'ambiguous')",
            name=op.f("ck_attribution_basis_word"),
        ),
        sa.CheckConstraint(
            "\"role\" IN ('document', 'publisher', 'author', 'relayer', 'speaker', 'originator', 'translator', 'evidence', 'occasion', 'recipient')",
            name=op.f("ck_attribution_role_word"),
        ),
        sa.CheckConstraint(
            "NOT (is_via AND is_origin)", name=op.f("ck_attribution_via_is_not_origin")
        ),
        sa.CheckConstraint(
            "length(name_as_given) BETWEEN 1 AND 500",
            name=op.f("ck_attribution_name_as_given_length"),
        ),
        sa.CheckConstraint("position >= 0", name=op.f("ck_attribution_position_counts")),
        sa.CheckConstraint(
            "recorded_to > recorded_at", name=op.f("ck_attribution_ends_after_start")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_attribution_version_counts")),
        sa.ForeignKeyConstraint(
            ["claim_id", "version"],
            ["claim.id", "claim.version"],
            name=op.f("fk_attribution_claim"),
        ),
        sa.PrimaryKeyConstraint("claim_id", "version", "n", name=op.f("pk_attribution")),
    )
    op.create_table(
        "quantity",
        sa.Column("claim_id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_to", sa.BigInteger(), nullable=False),
        sa.Column("hedge", TEXT, nullable=True),
        sa.Column("unit", TEXT, nullable=True),
        sa.Column("slot", sa.BigInteger(), nullable=True),
        sa.Column("alternative", sa.BigInteger(), nullable=True),
        sa.Column("reading", TEXT, nullable=True),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.Column("measure", TEXT, nullable=False),
        sa.Column("considered", sa.Boolean(), nullable=False),
        sa.Column("sole", sa.Boolean(), nullable=False),
        sa.Column("sole_considered", sa.Boolean(), nullable=False),
        sa.Column("mix", sa.Boolean(), nullable=False),
        sa.Column("lo", sa.Double(), nullable=False),
        sa.Column("hi", sa.Double(), nullable=False),
        sa.Column("lo_asc", sa.Double(), nullable=False),
        sa.Column("strict_lo", sa.Double(), nullable=False),
        sa.Column("strict_hi", sa.Double(), nullable=False),
        sa.Column("date_lo", sa.BigInteger(), nullable=False),
        sa.Column("date_hi", sa.BigInteger(), nullable=False),
        sa.Column("nominal", sa.Double(), nullable=True),
        sa.Column("lower", sa.Double(), nullable=True),
        sa.Column("upper", sa.Double(), nullable=True),
        sa.Column("dims", TEXT, nullable=False),
        sa.Column("flags", TEXT, nullable=False),
        sa.Column("doc", TEXT, nullable=False),
        slug("measure", "ck_quantity_measure_slug"),
        sa.CheckConstraint("reading BETWEEN 'A' AND 'Z'", name=op.f("ck_quantity_reading_letter")),
        sa.CheckConstraint(
            "\"hedge\" IN ('none', 'exact', 'approximate', 'more_than', 'at_least', 'up_to', 'less_than', 'nearly', 'just_over', 'between', 'order_of', 'vague', 'plus_minus')",
            name=op.f("ck_quantity_hedge_word"),
        ),
        sa.CheckConstraint(
            "NOT preferred OR considered", name=op.f("ck_quantity_preferred_is_considered")
        ),
        sa.CheckConstraint(
            "alternative BETWEEN 1 AND 1000", name=op.f("ck_quantity_alternative_counts")
        ),
        sa.CheckConstraint(
            "hedge IS NOT NULL AND unit IS NOT NULL", name=op.f("ck_quantity_hedge_and_unit_known")
        ),
        sa.CheckConstraint("length(reading) = 1", name=op.f("ck_quantity_reading_length")),
        sa.CheckConstraint("length(unit) <= 100", name=op.f("ck_quantity_unit_length")),
        sa.CheckConstraint("recorded_to > recorded_at", name=op.f("ck_quantity_ends_after_start")),
        sa.CheckConstraint("slot BETWEEN 1 AND 1000", name=op.f("ck_quantity_slot_counts")),
        sa.CheckConstraint(
            "slot IS NOT NULL AND alternative IS NOT NULL AND reading IS NOT NULL",
            name=op.f("ck_quantity_place_known"),
        ),
        sa.CheckConstraint(
            "sole_considered OR NOT (sole AND considered)", name=op.f("ck_quantity_sole_considered")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_quantity_version_counts")),
        sa.ForeignKeyConstraint(
            ["claim_id", "version"], ["claim.id", "claim.version"], name=op.f("fk_quantity_claim")
        ),
        sa.PrimaryKeyConstraint("claim_id", "version", "n", name=op.f("pk_quantity")),
    )
    op.create_table(
        "relation",
        sa.Column("claim_id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_to", sa.BigInteger(), nullable=False),
        sa.Column("predicate", TEXT, nullable=False),
        sa.Column("object", TEXT, nullable=False),
        sa.Column("basis", TEXT, nullable=False),
        slug("object", "ck_relation_object_slug"),
        sa.CheckConstraint(
            "\"basis\" IN ('stated', 'inferred', 'computed')", name=op.f("ck_relation_basis_word")
        ),
        sa.CheckConstraint(
            "\"predicate\" IN ('same_utterance', 'relays', 'updates', 'revises', 'corrects', 'retracts', 'supersedes', 'derived_from', 'supports', 'confirms', 'disputes', 'refutes', 'qualifies', 'denies', 'compares_with', 'responds_to', 'elaborates')",
            name=op.f("ck_relation_predicate_word"),
        ),
        sa.CheckConstraint("object <> claim_id", name=op.f("ck_relation_of_another_claim")),
        sa.CheckConstraint("recorded_to > recorded_at", name=op.f("ck_relation_ends_after_start")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_relation_version_counts")),
        sa.ForeignKeyConstraint(
            ["claim_id", "version"], ["claim.id", "claim.version"], name=op.f("fk_relation_claim")
        ),
        sa.PrimaryKeyConstraint("claim_id", "version", "n", name=op.f("pk_relation")),
    )
    op.execute(
        f"INSERT INTO log_head (\"only\", seq, recorded_at, hash) VALUES (1, 0, 0, '{START}')"
    )


TABLES = [
    "quantity",
    "attribution",
    "relation",
    "claim",
    "source",
    "measure",
    "assessment",
    "change",
    "log_head",
]


def downgrade() -> None:
    # Keys are no records: they went with their table.
    records = sa.text("SELECT count(*) FROM change WHERE resource <> 'keys'")
    if op.get_bind().execute(records).scalar_one():
        raise RuntimeError("this database holds records; going back would lose them: export first")
    for table in TABLES:
        op.drop_table(table)
