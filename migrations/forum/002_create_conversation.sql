-- Topics and posts. The opening text of a topic is its first post. A row carries the day and ordinals inside its topic
-- and its community; the exact time, the words and their rendering are sealed together in one envelope.

SET lock_timeout = '5s';

CREATE TABLE topic (
    community_id   uuid    NOT NULL,
    topic_id       uuid    NOT NULL,
    persona_id     uuid    NOT NULL,
    title          bytea,
    status         text    NOT NULL DEFAULT 'published',
    locked         boolean NOT NULL DEFAULT false,
    opened_on      date    NOT NULL,
    sealed_version integer NOT NULL DEFAULT 1,
    version        integer NOT NULL DEFAULT 1,
    CONSTRAINT topic_primary PRIMARY KEY (community_id, topic_id),
    CONSTRAINT topic_by_persona FOREIGN KEY (community_id, persona_id) REFERENCES persona (community_id, persona_id),
    CONSTRAINT topic_status_known CHECK (status IN ('published', 'withdrawn', 'deleted', 'removed')),
    CONSTRAINT topic_title_gone_with_it CHECK ((title IS NULL) = (status IN ('withdrawn', 'deleted')))
);
CREATE INDEX topic_of_persona ON topic (community_id, persona_id);
COMMENT ON TABLE topic IS 'a conversation; withdrawn: its author took their words back and others had replied; removed: taken down by staff, kept sealed';
COMMENT ON COLUMN topic.community_id IS 'class=none';
COMMENT ON COLUMN topic.topic_id IS 'class=none';
COMMENT ON COLUMN topic.persona_id IS 'class=pseudonym;form=plain;purpose=author;export=pseudonym of the release;erase=row';
COMMENT ON COLUMN topic.title IS 'class=content;form=sealed;purpose=conversation;export=consented and scrubbed;erase=row and key';
COMMENT ON COLUMN topic.status IS 'class=none';
COMMENT ON COLUMN topic.locked IS 'class=none';
COMMENT ON COLUMN topic.opened_on IS 'class=pseudonym;form=plain;purpose=shown by day, order and retention;export=month;erase=row';
COMMENT ON COLUMN topic.sealed_version IS 'class=none';
COMMENT ON COLUMN topic.version IS 'class=none';

CREATE TABLE topic_tally (
    community_id uuid    NOT NULL,
    topic_id     uuid    NOT NULL,
    posts        integer NOT NULL,
    last_number  integer NOT NULL,
    last_day     date    NOT NULL,
    activity     bigint  NOT NULL,
    CONSTRAINT topic_tally_primary PRIMARY KEY (community_id, topic_id),
    CONSTRAINT topic_tally_of_topic FOREIGN KEY (community_id, topic_id) REFERENCES topic (community_id, topic_id) ON DELETE CASCADE
);
CREATE INDEX topic_tally_latest ON topic_tally (community_id, activity DESC);
COMMENT ON TABLE topic_tally IS 'counters, apart from the rows that people edit; activity is the ordinal of the last post in the community';
COMMENT ON COLUMN topic_tally.community_id IS 'class=none';
COMMENT ON COLUMN topic_tally.topic_id IS 'class=none';
COMMENT ON COLUMN topic_tally.posts IS 'class=none';
COMMENT ON COLUMN topic_tally.last_number IS 'class=none';
COMMENT ON COLUMN topic_tally.last_day IS 'class=none';
COMMENT ON COLUMN topic_tally.activity IS 'class=none';

CREATE TABLE post (
    community_id   uuid    NOT NULL,
    post_id        uuid    NOT NULL,
    topic_id       uuid    NOT NULL,
    number         integer NOT NULL,
    persona_id     uuid    NOT NULL,
    body           bytea,
    status         text    NOT NULL DEFAULT 'published',
    edited         boolean NOT NULL DEFAULT false,
    posted_on      date    NOT NULL,
    sealed_version integer NOT NULL DEFAULT 1,
    version        integer NOT NULL DEFAULT 1,
    CONSTRAINT post_primary PRIMARY KEY (community_id, post_id),
    CONSTRAINT post_number_once UNIQUE (community_id, topic_id, number),
    CONSTRAINT post_in_topic FOREIGN KEY (community_id, topic_id) REFERENCES topic (community_id, topic_id),
    CONSTRAINT post_by_persona FOREIGN KEY (community_id, persona_id) REFERENCES persona (community_id, persona_id),
    CONSTRAINT post_status_known CHECK (status IN ('published', 'deleted', 'removed')),
    CONSTRAINT post_body_gone_with_it CHECK ((body IS NULL) = (status = 'deleted'))
);
CREATE INDEX post_of_persona ON post (community_id, persona_id);
COMMENT ON TABLE post IS 'what somebody wrote; deleted: by its author, the words are gone from the row; removed: taken down by staff, kept sealed';
COMMENT ON COLUMN post.community_id IS 'class=none';
COMMENT ON COLUMN post.post_id IS 'class=none';
COMMENT ON COLUMN post.topic_id IS 'class=none';
COMMENT ON COLUMN post.number IS 'class=none';
COMMENT ON COLUMN post.persona_id IS 'class=pseudonym;form=plain;purpose=author;export=pseudonym of the release;erase=row';
COMMENT ON COLUMN post.body IS 'class=content;form=sealed;purpose=conversation, its rendering and its exact time;export=consented and scrubbed;erase=row and key';
COMMENT ON COLUMN post.status IS 'class=none';
COMMENT ON COLUMN post.edited IS 'class=none';
COMMENT ON COLUMN post.posted_on IS 'class=pseudonym;form=plain;purpose=shown by day, order and retention;export=month;erase=row';
COMMENT ON COLUMN post.sealed_version IS 'class=none';
COMMENT ON COLUMN post.version IS 'class=none';

CREATE TABLE answered_request (
    community_id uuid  NOT NULL,
    persona_id   uuid  NOT NULL,
    key_mac      bytea NOT NULL,
    request_mac  bytea NOT NULL,
    topic_id     uuid  NOT NULL,
    post_id      uuid  NOT NULL,
    answered_on  date  NOT NULL,
    CONSTRAINT answered_request_primary PRIMARY KEY (community_id, persona_id, key_mac),
    CONSTRAINT answered_request_by_persona FOREIGN KEY (community_id, persona_id) REFERENCES persona (community_id, persona_id) ON DELETE CASCADE
);
CREATE INDEX answered_request_age ON answered_request (community_id, answered_on);
COMMENT ON TABLE answered_request IS 'what requests with an Idempotency-Key made, for a day or two; the answer itself is read anew, so that no word stands in a second row';
COMMENT ON COLUMN answered_request.community_id IS 'class=none';
COMMENT ON COLUMN answered_request.persona_id IS 'class=pseudonym;form=plain;purpose=whose request it was;export=never;erase=row';
COMMENT ON COLUMN answered_request.key_mac IS 'class=pseudonym;form=keyed hash;purpose=recognise a repeated key;export=never;erase=row';
COMMENT ON COLUMN answered_request.request_mac IS 'class=content;form=keyed hash;purpose=recognise another request under the same key;export=never;erase=row';
COMMENT ON COLUMN answered_request.topic_id IS 'class=none';
COMMENT ON COLUMN answered_request.post_id IS 'class=none';
COMMENT ON COLUMN answered_request.answered_on IS 'class=none';

ALTER TABLE topic ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY topic_scope ON topic USING (community_id = ANY ((SELECT visible_communities())::uuid[]));
ALTER TABLE topic_tally ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY topic_tally_scope ON topic_tally USING (community_id = ANY ((SELECT visible_communities())::uuid[]));
ALTER TABLE post ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY post_scope ON post USING (community_id = ANY ((SELECT visible_communities())::uuid[]));
ALTER TABLE answered_request ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY answered_request_scope ON answered_request USING (community_id = ANY ((SELECT visible_communities())::uuid[]));

GRANT SELECT, INSERT, UPDATE ON topic, topic_tally, post TO {{.app}};
GRANT SELECT, INSERT, DELETE ON answered_request TO {{.app}};
