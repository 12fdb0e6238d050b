-- Whoever looks after the machine may count, and see how communities are set up, without an account of the application.
-- Nothing sealed, no pseudonym and nobody's day is among it. Research reads what is released for it, in tables that come
-- with releases: until then it gets in and finds nothing.

SET lock_timeout = '5s';

GRANT USAGE ON SCHEMA public TO {{.readonly}};
GRANT SELECT ON schema_version, installation, community_tally TO {{.readonly}};
GRANT SELECT (community_id, programme_id, language, sensitivity, visibility, join_policy, archived, rules_number, sealed_version, version) ON community TO {{.readonly}};

GRANT USAGE ON SCHEMA public TO {{.research}};
GRANT SELECT ON schema_version TO {{.research}};
