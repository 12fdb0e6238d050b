-- A member's scripts act under keys of their own: each does a few things, for one purpose, until a day. What a key may do
-- is decided at every use, of its owner as they then are. Its secret is shown once and stands here as a keyed hash. What a
-- key is called, for whom it speaks, what it may do, until when, and on which day it was last used are sealed under its
-- owner's secret, in a box of one size, and go with the owner.

SET lock_timeout = '5s';

CREATE TABLE api_key (
    key_id  uuid  NOT NULL,
    locator bytea NOT NULL,
    hash    bytea NOT NULL,
    card    bytea NOT NULL,
    CONSTRAINT api_key_primary PRIMARY KEY (key_id),
    CONSTRAINT api_key_of_member FOREIGN KEY (locator) REFERENCES member (locator) ON DELETE CASCADE,
    CONSTRAINT api_key_hash_size CHECK (octet_length(hash) = 32)
);
CREATE INDEX api_key_by_member ON api_key (locator);
COMMENT ON TABLE api_key IS 'what a member''s scripts sign in with; each does a few things, for one purpose, until a day';
COMMENT ON COLUMN api_key.key_id IS 'class=none';
COMMENT ON COLUMN api_key.locator IS 'class=identity;form=keyed hash of the identity;purpose=finding the member''s keys;export=never;erase=row';
COMMENT ON COLUMN api_key.hash IS 'class=credential;form=keyed hash;purpose=recognising the secret;export=never;erase=row';
COMMENT ON COLUMN api_key.card IS 'class=identity;form=sealed, of one size;purpose=owner, name, scopes, purpose, assurance, last day, day of last use;export=subject;erase=row';

GRANT SELECT, INSERT, DELETE ON api_key TO {{.app}};
GRANT UPDATE (card) ON api_key TO {{.app}};
