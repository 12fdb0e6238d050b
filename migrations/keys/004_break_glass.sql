-- One of the staff who isn't a member may read, for some hours, what only the members of a community may, at the word of
-- another. Such a grant leaves a row here, as an unmasking does. Which community it is for, who asks and who approves,
-- when, for how long and why is sealed; beside that stand only keyed hashes, so that its rows are found. Who writes to
-- this database without its keys can't make a grant, or hand one to somebody else.

SET lock_timeout = '5s';

CREATE TABLE break_glass (
    grant_id    uuid    NOT NULL,
    place       bytea   NOT NULL,
    wish        bytea   NOT NULL,
    asked_by    bytea   NOT NULL,
    approval    bytea,
    approved_by bytea,
    ended       boolean NOT NULL DEFAULT false,
    CONSTRAINT break_glass_primary PRIMARY KEY (grant_id),
    CONSTRAINT break_glass_place_size CHECK (octet_length(place) = 32),
    CONSTRAINT break_glass_asked_by_size CHECK (octet_length(asked_by) = 32),
    CONSTRAINT break_glass_by_two CHECK (octet_length(approved_by) = 32 AND approved_by <> asked_by),
    CONSTRAINT break_glass_approved_whole CHECK ((approval IS NULL) = (approved_by IS NULL))
);
CREATE INDEX break_glass_open ON break_glass (place) WHERE NOT ended;
CREATE INDEX break_glass_by_asker ON break_glass (asked_by);
COMMENT ON TABLE break_glass IS 'grants to read what only members may: one asks, another approves, for some hours';
COMMENT ON COLUMN break_glass.grant_id IS 'class=none';
COMMENT ON COLUMN break_glass.place IS 'class=none';
COMMENT ON COLUMN break_glass.wish IS 'class=staff;form=sealed: community, who asks, when, for how long, why;purpose=judging the wish;export=never;erase=row';
COMMENT ON COLUMN break_glass.asked_by IS 'class=staff;form=keyed hash of the identity;purpose=two different people;export=never;erase=row';
COMMENT ON COLUMN break_glass.approval IS 'class=staff;form=sealed: who approves, and when;purpose=for how long it holds;export=never;erase=row';
COMMENT ON COLUMN break_glass.approved_by IS 'class=staff;form=keyed hash of the identity;purpose=once, by another;export=never;erase=row';
COMMENT ON COLUMN break_glass.ended IS 'class=none';

GRANT SELECT, INSERT, DELETE ON break_glass TO {{.app}};
GRANT UPDATE (approval, approved_by, ended) ON break_glass TO {{.app}};
