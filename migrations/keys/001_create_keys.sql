-- Every key of an installation, wrapped, apart from what the keys seal: this database has a cluster, a role, a log and
-- backups of its own, so that a stolen copy of the forum opens nothing, and deleting a row here ends what it sealed.
-- Nobody's identity stands here in plain. A member's row is found by a keyed hash; which personas are whose is sealed.
-- No row tells when it was made, except a persona's while it is being made.
--
-- The root of the KMS opens epochs; an epoch's key wraps everything else. What is wrapped names its epoch, so that a new
-- epoch can take over the living and the old one be destroyed. A key has generations, so that it can be renewed.

SET lock_timeout = '5s';

CREATE TABLE deployment (
    only_one      boolean NOT NULL DEFAULT true,
    deployment_id uuid    NOT NULL,
    suite         integer NOT NULL DEFAULT 1,
    CONSTRAINT deployment_primary PRIMARY KEY (only_one),
    CONSTRAINT deployment_once CHECK (only_one),
    CONSTRAINT deployment_suite_known CHECK (suite IN (1, 2))
);
COMMENT ON TABLE deployment IS 'which installation this is; every ciphertext is bound to it';
COMMENT ON COLUMN deployment.only_one IS 'class=none';
COMMENT ON COLUMN deployment.deployment_id IS 'class=none';
COMMENT ON COLUMN deployment.suite IS 'class=none';

CREATE TABLE epoch (
    number      integer NOT NULL,
    key_id      uuid    NOT NULL,
    fingerprint bytea   NOT NULL,
    kek         bytea   NOT NULL,
    opened_on   date    NOT NULL,
    CONSTRAINT epoch_primary PRIMARY KEY (number),
    CONSTRAINT epoch_key_once UNIQUE (key_id),
    CONSTRAINT epoch_number_fits CHECK (number BETWEEN 1 AND 65535)
);
COMMENT ON TABLE epoch IS 'a span of time with one wrapping key, which the KMS opens; when the span is over, its key is destroyed';
COMMENT ON COLUMN epoch.number IS 'class=none';
COMMENT ON COLUMN epoch.key_id IS 'class=none';
COMMENT ON COLUMN epoch.fingerprint IS 'class=none';
COMMENT ON COLUMN epoch.kek IS 'class=key;form=wrapped by the KMS;purpose=wraps every other key;export=never;erase=rollover';
COMMENT ON COLUMN epoch.opened_on IS 'class=none';

CREATE TABLE root_key (
    purpose    text    NOT NULL,
    generation integer NOT NULL,
    epoch      integer NOT NULL,
    secret     bytea   NOT NULL,
    CONSTRAINT root_key_primary PRIMARY KEY (purpose, generation),
    CONSTRAINT root_key_of_epoch FOREIGN KEY (epoch) REFERENCES epoch (number),
    CONSTRAINT root_key_purpose_known CHECK (purpose IN ('locate', 'ban', 'audit', 'route', 'rate')),
    CONSTRAINT root_key_generation_fits CHECK (generation BETWEEN 1 AND 65535)
);
COMMENT ON TABLE root_key IS 'keys of the installation that belong to nobody, one for each purpose';
COMMENT ON COLUMN root_key.purpose IS 'class=none';
COMMENT ON COLUMN root_key.generation IS 'class=none';
COMMENT ON COLUMN root_key.epoch IS 'class=none';
COMMENT ON COLUMN root_key.secret IS 'class=key;form=wrapped;purpose=finding members, bans, audit, routing to an account, throttling;export=never;erase=rollover';

CREATE TABLE member (
    locator    bytea   NOT NULL,
    generation integer NOT NULL DEFAULT 1,
    epoch      integer NOT NULL,
    secret     bytea   NOT NULL,
    record     bytea   NOT NULL,
    version    integer NOT NULL DEFAULT 1,
    CONSTRAINT member_primary PRIMARY KEY (locator),
    CONSTRAINT member_of_epoch FOREIGN KEY (epoch) REFERENCES epoch (number),
    CONSTRAINT member_locator_size CHECK (octet_length(locator) = 32),
    CONSTRAINT member_generation_fits CHECK (generation BETWEEN 1 AND 65535)
);
CREATE INDEX member_by_epoch ON member (epoch);
COMMENT ON TABLE member IS 'what belongs to a person and to none of their personas';
COMMENT ON COLUMN member.locator IS 'class=identity;form=keyed hash of the identity;purpose=finding the row;export=never;erase=row';
COMMENT ON COLUMN member.generation IS 'class=none';
COMMENT ON COLUMN member.epoch IS 'class=none';
COMMENT ON COLUMN member.secret IS 'class=key;form=wrapped;purpose=seals the record, keys hashes of requests;export=never;erase=row';
COMMENT ON COLUMN member.record IS 'class=identity;form=sealed;purpose=list of personas, roles, preferences;export=subject;erase=row';
COMMENT ON COLUMN member.version IS 'class=none';

CREATE TABLE recovery_secret (
    locator bytea   NOT NULL,
    number  integer NOT NULL,
    hash    text    NOT NULL,
    CONSTRAINT recovery_secret_primary PRIMARY KEY (locator, number),
    CONSTRAINT recovery_secret_of_member FOREIGN KEY (locator) REFERENCES member (locator) ON DELETE CASCADE,
    CONSTRAINT recovery_secret_number_fits CHECK (number BETWEEN 1 AND 99)
);
COMMENT ON TABLE recovery_secret IS 'printed secrets that let a person without an e-mail address back in, each once';
COMMENT ON COLUMN recovery_secret.locator IS 'class=identity;form=keyed hash of the identity;purpose=finding the row;export=never;erase=row';
COMMENT ON COLUMN recovery_secret.number IS 'class=none';
COMMENT ON COLUMN recovery_secret.hash IS 'class=credential;form=Argon2id;purpose=recognising the secret;export=never;erase=row';

CREATE TABLE persona (
    persona_id    uuid  NOT NULL,
    claim         bytea NOT NULL,
    account       bytea NOT NULL,
    pending_since timestamptz,
    CONSTRAINT persona_primary PRIMARY KEY (persona_id),
    CONSTRAINT persona_once_per_community UNIQUE (claim),
    CONSTRAINT persona_claim_size CHECK (octet_length(claim) = 32)
);
CREATE INDEX persona_pending ON persona (pending_since) WHERE pending_since IS NOT NULL;
COMMENT ON TABLE persona IS 'who a member is in one community; pending until the forum knows of it and it is on the member''s list';
COMMENT ON COLUMN persona.persona_id IS 'class=pseudonym;form=random;purpose=finding the key;export=never;erase=row';
COMMENT ON COLUMN persona.claim IS 'class=identity;form=keyed hash of identity and community;purpose=one persona for each member and community;export=never;erase=row';
COMMENT ON COLUMN persona.account IS 'class=identity;form=sealed under the routing key;purpose=delivering a notice, unmasking by two people;export=never;erase=row';
COMMENT ON COLUMN persona.pending_since IS 'class=time;form=plain while pending, then empty;purpose=finishing what a crash left;export=never;erase=completion';

CREATE TABLE persona_key (
    persona_id uuid    NOT NULL,
    generation integer NOT NULL,
    epoch      integer NOT NULL,
    secret     bytea   NOT NULL,
    CONSTRAINT persona_key_primary PRIMARY KEY (persona_id, generation),
    CONSTRAINT persona_key_of_persona FOREIGN KEY (persona_id) REFERENCES persona (persona_id) ON DELETE CASCADE,
    CONSTRAINT persona_key_of_epoch FOREIGN KEY (epoch) REFERENCES epoch (number),
    CONSTRAINT persona_key_generation_fits CHECK (generation BETWEEN 1 AND 65535)
);
CREATE INDEX persona_key_by_epoch ON persona_key (epoch);
COMMENT ON TABLE persona_key IS 'the secrets that seal what a persona writes; without them it is noise';
COMMENT ON COLUMN persona_key.persona_id IS 'class=pseudonym;form=random;purpose=finding the key;export=never;erase=row';
COMMENT ON COLUMN persona_key.generation IS 'class=none';
COMMENT ON COLUMN persona_key.epoch IS 'class=none';
COMMENT ON COLUMN persona_key.secret IS 'class=key;form=wrapped;purpose=seals what the persona writes;export=never;erase=row';

CREATE TABLE shared_key (
    kind       text    NOT NULL,
    owner_id   uuid    NOT NULL,
    generation integer NOT NULL,
    epoch      integer NOT NULL,
    secret     bytea   NOT NULL,
    CONSTRAINT shared_key_primary PRIMARY KEY (kind, owner_id, generation),
    CONSTRAINT shared_key_of_epoch FOREIGN KEY (epoch) REFERENCES epoch (number),
    CONSTRAINT shared_key_kind_named CHECK (kind ~ '^[a-z]([a-z_]{0,30}[a-z])?$'),
    CONSTRAINT shared_key_generation_fits CHECK (generation BETWEEN 1 AND 65535)
);
CREATE INDEX shared_key_by_epoch ON shared_key (epoch);
COMMENT ON TABLE shared_key IS 'the secrets of what several people share: a community, a programme';
COMMENT ON COLUMN shared_key.kind IS 'class=none';
COMMENT ON COLUMN shared_key.owner_id IS 'class=none';
COMMENT ON COLUMN shared_key.generation IS 'class=none';
COMMENT ON COLUMN shared_key.epoch IS 'class=none';
COMMENT ON COLUMN shared_key.secret IS 'class=key;form=wrapped;purpose=seals what a community or a programme shares;export=never;erase=row';

-- The role that serves adds keys and deletes them. It can't alter a key, an epoch or the deployment in place, empty a
-- table, or change the schema.
GRANT USAGE ON SCHEMA public TO {{.app}};
GRANT SELECT ON schema_version TO {{.app}};
GRANT SELECT, INSERT ON deployment, epoch, root_key TO {{.app}};
GRANT SELECT, INSERT, DELETE ON member, recovery_secret, persona, persona_key, shared_key TO {{.app}};
GRANT UPDATE (record, version) ON member TO {{.app}};
GRANT UPDATE (pending_since) ON persona TO {{.app}};
