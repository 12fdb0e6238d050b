-- Programmes own communities; a community has ground rules in versions, invitations, and members who are personas.
-- A persona belongs to one community alone: nothing here, and no value here, joins two personas of one member.
-- Words are sealed. What stays plain is what policy must judge in SQL, and days instead of times.

SET lock_timeout = '5s';

CREATE FUNCTION visible_communities() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT string_to_array(NULLIF(current_setting('hamyar.communities', true), ''), ',')::uuid[] $$;

CREATE TABLE installation (
    only_one   boolean NOT NULL DEFAULT true,
    deployment uuid    NOT NULL,
    CONSTRAINT installation_primary PRIMARY KEY (only_one),
    CONSTRAINT installation_once CHECK (only_one)
);
COMMENT ON TABLE installation IS 'which keystore this database belongs to; every ciphertext is bound to it';
COMMENT ON COLUMN installation.only_one IS 'class=none';
COMMENT ON COLUMN installation.deployment IS 'class=none';

CREATE TABLE programme (
    programme_id   uuid    NOT NULL,
    language       text    NOT NULL,
    card           bytea   NOT NULL,
    sealed_version integer NOT NULL DEFAULT 1,
    version        integer NOT NULL DEFAULT 1,
    request_mac    bytea,
    CONSTRAINT programme_primary PRIMARY KEY (programme_id),
    CONSTRAINT programme_language_known CHECK (language IN ('en', 'fa'))
);
COMMENT ON TABLE programme IS 'who runs communities: shown before joining';
COMMENT ON COLUMN programme.programme_id IS 'class=none';
COMMENT ON COLUMN programme.language IS 'class=none';
COMMENT ON COLUMN programme.card IS 'class=staff;form=sealed;purpose=name, operator, funder, responsible people and hours, shown before joining;export=never;erase=key';
COMMENT ON COLUMN programme.sealed_version IS 'class=none';
COMMENT ON COLUMN programme.version IS 'class=none';
COMMENT ON COLUMN programme.request_mac IS 'class=staff;form=keyed hash;purpose=answer a repeated request once;export=never;erase=row';

CREATE TABLE community (
    community_id   uuid    NOT NULL,
    programme_id   uuid    NOT NULL,
    language       text    NOT NULL,
    sensitivity    integer NOT NULL,
    visibility     text    NOT NULL,
    join_policy    text    NOT NULL,
    archived       boolean NOT NULL DEFAULT false,
    card           bytea   NOT NULL,
    rules_number   integer NOT NULL DEFAULT 1,
    sealed_version integer NOT NULL DEFAULT 1,
    version        integer NOT NULL DEFAULT 1,
    request_mac    bytea,
    CONSTRAINT community_primary PRIMARY KEY (community_id),
    CONSTRAINT community_of_programme FOREIGN KEY (programme_id) REFERENCES programme (programme_id),
    CONSTRAINT community_language_known CHECK (language IN ('en', 'fa')),
    CONSTRAINT community_sensitivity_known CHECK (sensitivity BETWEEN 1 AND 3),
    CONSTRAINT community_visibility_known CHECK (visibility IN ('public', 'members', 'invitation', 'hidden')),
    CONSTRAINT community_join_known CHECK (join_policy IN ('open', 'invitation', 'closed'))
);
CREATE INDEX community_by_programme ON community (programme_id);
COMMENT ON TABLE community IS 'a place of conversation; its directory row is seen by all transactions, and policy decides who sees it';
COMMENT ON COLUMN community.community_id IS 'class=none';
COMMENT ON COLUMN community.programme_id IS 'class=none';
COMMENT ON COLUMN community.language IS 'class=none';
COMMENT ON COLUMN community.sensitivity IS 'class=none';
COMMENT ON COLUMN community.visibility IS 'class=none';
COMMENT ON COLUMN community.join_policy IS 'class=none';
COMMENT ON COLUMN community.archived IS 'class=none';
COMMENT ON COLUMN community.card IS 'class=health;form=sealed;purpose=name, kind and description in the directory;export=never;erase=key';
COMMENT ON COLUMN community.rules_number IS 'class=none';
COMMENT ON COLUMN community.sealed_version IS 'class=none';
COMMENT ON COLUMN community.version IS 'class=none';
COMMENT ON COLUMN community.request_mac IS 'class=staff;form=keyed hash;purpose=answer a repeated request once;export=never;erase=row';

CREATE TABLE community_tally (
    community_id uuid   NOT NULL,
    members      bigint NOT NULL DEFAULT 0,
    topics       bigint NOT NULL DEFAULT 0,
    activity     bigint NOT NULL DEFAULT 0,
    CONSTRAINT community_tally_primary PRIMARY KEY (community_id),
    CONSTRAINT community_tally_of_community FOREIGN KEY (community_id) REFERENCES community (community_id) ON DELETE CASCADE
);
CREATE INDEX community_tally_busiest ON community_tally (activity DESC, community_id DESC);
COMMENT ON TABLE community_tally IS 'counters, apart from the rows that people edit; activity is the ordinal of the last post, never a time';
COMMENT ON COLUMN community_tally.community_id IS 'class=none';
COMMENT ON COLUMN community_tally.members IS 'class=none';
COMMENT ON COLUMN community_tally.topics IS 'class=none';
COMMENT ON COLUMN community_tally.activity IS 'class=none';

CREATE TABLE ground_rules (
    community_id uuid    NOT NULL,
    number       integer NOT NULL,
    day          date    NOT NULL,
    words        bytea   NOT NULL,
    CONSTRAINT ground_rules_primary PRIMARY KEY (community_id, number),
    CONSTRAINT ground_rules_of_community FOREIGN KEY (community_id) REFERENCES community (community_id) ON DELETE CASCADE
);
COMMENT ON TABLE ground_rules IS 'every version of the ground rules: what was accepted on joining stays readable';
COMMENT ON COLUMN ground_rules.community_id IS 'class=none';
COMMENT ON COLUMN ground_rules.number IS 'class=none';
COMMENT ON COLUMN ground_rules.day IS 'class=none';
COMMENT ON COLUMN ground_rules.words IS 'class=staff;form=sealed;purpose=read and accepted on joining;export=never;erase=key';

CREATE TABLE persona (
    community_id   uuid    NOT NULL,
    persona_id     uuid    NOT NULL,
    name           bytea   NOT NULL,
    name_mac       bytea   NOT NULL,
    state          text    NOT NULL DEFAULT 'active',
    role           text    NOT NULL DEFAULT 'member',
    rules_accepted integer NOT NULL,
    joined_on      date    NOT NULL,
    sealed_version integer NOT NULL DEFAULT 1,
    version        integer NOT NULL DEFAULT 1,
    CONSTRAINT persona_primary PRIMARY KEY (community_id, persona_id),
    CONSTRAINT persona_name_once UNIQUE (community_id, name_mac),
    CONSTRAINT persona_of_community FOREIGN KEY (community_id) REFERENCES community (community_id),
    CONSTRAINT persona_state_known CHECK (state IN ('active', 'left', 'banned')),
    CONSTRAINT persona_role_known CHECK (role IN ('member', 'moderator'))
);
COMMENT ON TABLE persona IS 'a person as this community knows them; who they are is told nowhere in this database';
COMMENT ON COLUMN persona.community_id IS 'class=none';
COMMENT ON COLUMN persona.persona_id IS 'class=pseudonym;form=plain;purpose=author of posts inside one community;export=pseudonym of the release;erase=row';
COMMENT ON COLUMN persona.name IS 'class=pseudonym;form=sealed;purpose=display name;export=never;erase=key';
COMMENT ON COLUMN persona.name_mac IS 'class=pseudonym;form=keyed hash;purpose=one name once in a community;export=never;erase=row';
COMMENT ON COLUMN persona.state IS 'class=pseudonym;form=plain;purpose=policy;export=never;erase=row';
COMMENT ON COLUMN persona.role IS 'class=pseudonym;form=plain;purpose=policy;export=never;erase=row';
COMMENT ON COLUMN persona.rules_accepted IS 'class=pseudonym;form=plain;purpose=which ground rules were accepted;export=never;erase=row';
COMMENT ON COLUMN persona.joined_on IS 'class=pseudonym;form=plain;purpose=shown to staff and counted by month;export=month;erase=row';
COMMENT ON COLUMN persona.sealed_version IS 'class=none';
COMMENT ON COLUMN persona.version IS 'class=none';

CREATE TABLE invitation (
    community_id  uuid    NOT NULL,
    invitation_id uuid    NOT NULL,
    code_mac      bytea   NOT NULL,
    uses_left     integer NOT NULL,
    last_day      date    NOT NULL,
    CONSTRAINT invitation_primary PRIMARY KEY (community_id, invitation_id),
    CONSTRAINT invitation_code_once UNIQUE (community_id, code_mac),
    CONSTRAINT invitation_of_community FOREIGN KEY (community_id) REFERENCES community (community_id) ON DELETE CASCADE,
    CONSTRAINT invitation_uses_bounded CHECK (uses_left BETWEEN 0 AND 1000)
);
COMMENT ON TABLE invitation IS 'codes that let people in; who made one and who used one is not kept';
COMMENT ON COLUMN invitation.community_id IS 'class=none';
COMMENT ON COLUMN invitation.invitation_id IS 'class=none';
COMMENT ON COLUMN invitation.code_mac IS 'class=key;form=keyed hash;purpose=recognise a code without keeping it;export=never;erase=row';
COMMENT ON COLUMN invitation.uses_left IS 'class=none';
COMMENT ON COLUMN invitation.last_day IS 'class=none';

ALTER TABLE community ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY community_directory ON community FOR SELECT USING (true);
CREATE POLICY community_insert ON community FOR INSERT WITH CHECK (community_id = ANY ((SELECT visible_communities())::uuid[]));
CREATE POLICY community_update ON community FOR UPDATE USING (community_id = ANY ((SELECT visible_communities())::uuid[]));
ALTER TABLE community_tally ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY community_tally_directory ON community_tally FOR SELECT USING (true);
CREATE POLICY community_tally_insert ON community_tally FOR INSERT WITH CHECK (community_id = ANY ((SELECT visible_communities())::uuid[]));
CREATE POLICY community_tally_update ON community_tally FOR UPDATE USING (community_id = ANY ((SELECT visible_communities())::uuid[]));
ALTER TABLE ground_rules ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY ground_rules_scope ON ground_rules USING (community_id = ANY ((SELECT visible_communities())::uuid[]));
ALTER TABLE persona ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY persona_scope ON persona USING (community_id = ANY ((SELECT visible_communities())::uuid[]));
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY invitation_scope ON invitation USING (community_id = ANY ((SELECT visible_communities())::uuid[]));

GRANT USAGE ON SCHEMA public TO {{.app}};
GRANT SELECT ON schema_version TO {{.app}};
GRANT SELECT, INSERT ON installation TO {{.app}};
GRANT SELECT, INSERT, UPDATE ON programme, community, community_tally TO {{.app}};
GRANT SELECT, INSERT ON ground_rules TO {{.app}};
GRANT SELECT, INSERT, UPDATE, DELETE ON persona, invitation TO {{.app}};
