-- What was recorded becomes a tree of hashes that outsiders can check. A leaf is made with its event, from the event and
-- a random salt, so that the tree stays whole when event and salt are erased after their time. The outbox holds the leaves
-- that no tree has yet: whoever records writes there, in their own transaction; one at a time empties it into the tree and
-- signs what the tree is now.
--
-- The role that serves adds, and reads hashes alone: no event. The worker reads events for whoever exports the log, and
-- deletes those whose time is over. Nobody's role changes an event, a leaf, a hash or a checkpoint; of a witness, the newer
-- word takes the place of the older.

SET lock_timeout = '5s';

ALTER TABLE audit_event ADD COLUMN salt bytea;
UPDATE audit_event SET salt = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
ALTER TABLE audit_event ALTER COLUMN salt SET NOT NULL;
ALTER TABLE audit_event ADD CONSTRAINT audit_event_salt_size CHECK (octet_length(salt) = 32);
ALTER TABLE audit_event
    ADD COLUMN purpose  text    NOT NULL DEFAULT '',
    ADD COLUMN role     text    NOT NULL DEFAULT '',
    ADD COLUMN subjects uuid[],
    ADD COLUMN version  integer NOT NULL DEFAULT 0,
    ADD COLUMN times    bigint  NOT NULL DEFAULT 0,
    ADD COLUMN digest   bytea;
ALTER TABLE audit_event DROP CONSTRAINT audit_event_one_actor;
ALTER TABLE audit_event ADD CONSTRAINT audit_event_one_actor CHECK (num_nonnulls(persona_id, actor) < 2);
COMMENT ON TABLE audit_event IS 'append-only: whoever serves may add rows and may not read, change or delete them; content goes when its time is over';
COMMENT ON COLUMN audit_event.salt IS 'class=none';
COMMENT ON COLUMN audit_event.purpose IS 'class=none';
COMMENT ON COLUMN audit_event.role IS 'class=none';
COMMENT ON COLUMN audit_event.subjects IS 'class=none';
COMMENT ON COLUMN audit_event.version IS 'class=none';
COMMENT ON COLUMN audit_event.times IS 'class=none';
COMMENT ON COLUMN audit_event.digest IS 'class=none';
COMMENT ON COLUMN audit_event.persona_id IS 'class=pseudonym;form=plain;purpose=who acted, inside one community;export=never;erase=row, and pseudonym dies with its keys';
COMMENT ON COLUMN audit_event.actor IS 'class=staff;form=sealed;purpose=who acted, where no persona did, and when;export=never;erase=row and key';

CREATE TABLE audit_pending (
    event_id uuid  NOT NULL,
    day      date  NOT NULL,
    leaf     bytea NOT NULL,
    CONSTRAINT audit_pending_primary PRIMARY KEY (event_id),
    CONSTRAINT audit_pending_leaf_size CHECK (octet_length(leaf) = 32)
);
COMMENT ON TABLE audit_pending IS 'leaves on their way into the tree, written with their event';
COMMENT ON COLUMN audit_pending.event_id IS 'class=none';
COMMENT ON COLUMN audit_pending.day IS 'class=none';
COMMENT ON COLUMN audit_pending.leaf IS 'class=none';

-- What was recorded before there was a tree goes into it first. This is the canonical form of internal/audit/tree, in SQL.
INSERT INTO audit_pending (event_id, day, leaf)
SELECT e.event_id, e.day, sha256(convert_to('hamyar/audit/leaf/v1', 'UTF8') || e.salt || '\x01'::bytea || c.canonical)
FROM audit_event e, LATERAL (
    SELECT string_agg(int4send(octet_length(f.value)) || f.value, '\x'::bytea ORDER BY f.place) AS canonical
    FROM unnest(ARRAY[
        uuid_send(e.event_id), convert_to(to_char(e.day, 'YYYY-MM-DD'), 'UTF8'), convert_to(e.action, 'UTF8'), convert_to(e.revision, 'UTF8'),
        '\x', '\x', coalesce(uuid_send(e.community_id), '\x'), coalesce(uuid_send(e.persona_id), '\x'), coalesce(e.actor, '\x'),
        coalesce(uuid_send(e.subject_id), '\x'), '\x', int8send(0), int8send(0), '\x'
    ]::bytea[]) WITH ORDINALITY AS f (value, place)
) AS c;

CREATE TABLE audit_leaf (
    number   bigint NOT NULL,
    event_id uuid   NOT NULL,
    leaf     bytea  NOT NULL,
    CONSTRAINT audit_leaf_primary PRIMARY KEY (number),
    CONSTRAINT audit_leaf_event_once UNIQUE (event_id),
    CONSTRAINT audit_leaf_size CHECK (octet_length(leaf) = 32),
    CONSTRAINT audit_leaf_number_counts CHECK (number >= 0)
);
COMMENT ON TABLE audit_leaf IS 'the leaves of the tree in their order; those of one batch are in the order of their random ids';
COMMENT ON COLUMN audit_leaf.number IS 'class=none';
COMMENT ON COLUMN audit_leaf.event_id IS 'class=none';
COMMENT ON COLUMN audit_leaf.leaf IS 'class=none';

CREATE TABLE audit_node (
    number bigint NOT NULL,
    hash   bytea  NOT NULL,
    CONSTRAINT audit_node_primary PRIMARY KEY (number),
    CONSTRAINT audit_node_size CHECK (octet_length(hash) = 32)
);
COMMENT ON TABLE audit_node IS 'the hashes of the tree that are complete, in the order in which they were';
COMMENT ON COLUMN audit_node.number IS 'class=none';
COMMENT ON COLUMN audit_node.hash IS 'class=none';

CREATE TABLE audit_checkpoint (
    size bigint NOT NULL,
    note text   NOT NULL,
    CONSTRAINT audit_checkpoint_primary PRIMARY KEY (size)
);
COMMENT ON TABLE audit_checkpoint IS 'what the tree was at a size, signed by the log; each one was or may have been published';
COMMENT ON COLUMN audit_checkpoint.size IS 'class=none';
COMMENT ON COLUMN audit_checkpoint.note IS 'class=none';

CREATE TABLE audit_cosignature (
    size      bigint NOT NULL,
    witness   text   NOT NULL,
    signature text   NOT NULL,
    CONSTRAINT audit_cosignature_primary PRIMARY KEY (size, witness),
    CONSTRAINT audit_cosignature_of_checkpoint FOREIGN KEY (size) REFERENCES audit_checkpoint (size)
);
COMMENT ON TABLE audit_cosignature IS 'the words of witnesses that they saw a checkpoint and no other history before it';
COMMENT ON COLUMN audit_cosignature.size IS 'class=none';
COMMENT ON COLUMN audit_cosignature.witness IS 'class=none';
COMMENT ON COLUMN audit_cosignature.signature IS 'class=none';

GRANT SELECT, INSERT, DELETE ON audit_pending TO {{.app}};
GRANT SELECT, INSERT ON audit_leaf, audit_node, audit_checkpoint, audit_cosignature TO {{.app}};
GRANT UPDATE (signature) ON audit_cosignature TO {{.app}};
GRANT SELECT, INSERT, DELETE ON audit_pending TO {{.worker}};
GRANT SELECT, INSERT ON audit_leaf, audit_node, audit_checkpoint, audit_cosignature TO {{.worker}};
GRANT UPDATE (signature) ON audit_cosignature TO {{.worker}};
GRANT SELECT, INSERT, DELETE ON audit_event TO {{.worker}};
