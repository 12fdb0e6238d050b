-- Search, without a word in plain. A segment is the index of up to a thousand posts, sealed under a key of its own that
-- lies in the keystore: a directory of the posts, and pages of words, of which a question opens only its own. Segments are
-- written once; when a post in one is changed or taken away, a new one takes its place under a new key, and the old
-- key is destroyed. What no segment holds yet is read through: topic_tally.indexed says up to which post of a topic the
-- segments go, and posting pays for that with one number in an index of topics that have something new.
--
-- Triggers note what was changed, also where a program forgets to.

SET lock_timeout = '5s';

ALTER TABLE community ADD COLUMN search text;
ALTER TABLE community ADD CONSTRAINT community_search_known CHECK (search IN ('segments', 'tags', 'off'));
COMMENT ON COLUMN community.search IS 'class=none';

ALTER TABLE topic_tally ADD COLUMN indexed integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN topic_tally.indexed IS 'class=none';
CREATE INDEX topic_tally_unindexed ON topic_tally (community_id, topic_id) WHERE indexed < last_number;

CREATE TABLE search_segment (
    community_id uuid    NOT NULL,
    segment_id   uuid    NOT NULL,
    form         text    NOT NULL,
    analysis     integer NOT NULL,
    docs         integer NOT NULL,
    directory    bytea   NOT NULL,
    CONSTRAINT search_segment_primary PRIMARY KEY (community_id, segment_id),
    CONSTRAINT search_segment_of_community FOREIGN KEY (community_id) REFERENCES community (community_id) ON DELETE CASCADE,
    CONSTRAINT search_segment_form_known CHECK (form IN ('segments', 'tags')),
    CONSTRAINT search_segment_docs_bounded CHECK (docs BETWEEN 1 AND 1000)
);
ALTER TABLE search_segment ALTER COLUMN directory SET STORAGE EXTERNAL;
COMMENT ON TABLE search_segment IS 'the index of some posts of a community, sealed under a key of its own; never changed, only replaced';
COMMENT ON COLUMN search_segment.community_id IS 'class=none';
COMMENT ON COLUMN search_segment.segment_id IS 'class=none';
COMMENT ON COLUMN search_segment.form IS 'class=none';
COMMENT ON COLUMN search_segment.analysis IS 'class=none';
COMMENT ON COLUMN search_segment.docs IS 'class=none';
COMMENT ON COLUMN search_segment.directory IS 'class=content;form=sealed;purpose=which posts the segment holds, with author and day;export=never;erase=row and key';

CREATE TABLE search_page (
    community_id uuid    NOT NULL,
    segment_id   uuid    NOT NULL,
    page         integer NOT NULL,
    box          bytea   NOT NULL,
    CONSTRAINT search_page_primary PRIMARY KEY (community_id, segment_id, page),
    CONSTRAINT search_page_of_segment FOREIGN KEY (community_id, segment_id) REFERENCES search_segment (community_id, segment_id) ON DELETE CASCADE
);
ALTER TABLE search_page ALTER COLUMN box SET STORAGE EXTERNAL;
COMMENT ON TABLE search_page IS 'some words of a segment, which a keyed hash put together; all pages have one size';
COMMENT ON COLUMN search_page.community_id IS 'class=none';
COMMENT ON COLUMN search_page.segment_id IS 'class=none';
COMMENT ON COLUMN search_page.page IS 'class=none';
COMMENT ON COLUMN search_page.box IS 'class=content;form=sealed;purpose=finding posts by their words;export=never;erase=row and key';

CREATE TABLE search_tag (
    community_id uuid      NOT NULL,
    segment_id   uuid      NOT NULL,
    tag          integer   NOT NULL,
    docs         integer[] NOT NULL,
    CONSTRAINT search_tag_primary PRIMARY KEY (community_id, segment_id, tag),
    CONSTRAINT search_tag_of_segment FOREIGN KEY (community_id, segment_id) REFERENCES search_segment (community_id, segment_id) ON DELETE CASCADE
);
COMMENT ON TABLE search_tag IS 'for communities that chose tags: a keyed hash of a word under the key of its segment, and in which places of the sealed directory it stands; some stand for no word';
COMMENT ON COLUMN search_tag.community_id IS 'class=none';
COMMENT ON COLUMN search_tag.segment_id IS 'class=none';
COMMENT ON COLUMN search_tag.tag IS 'class=content;form=keyed hash;purpose=finding posts by their words;export=never;erase=row and key';
COMMENT ON COLUMN search_tag.docs IS 'class=none';

CREATE TABLE search_place (
    community_id uuid NOT NULL,
    post_id      uuid NOT NULL,
    segment_id   uuid NOT NULL,
    CONSTRAINT search_place_primary PRIMARY KEY (community_id, post_id),
    CONSTRAINT search_place_of_segment FOREIGN KEY (community_id, segment_id) REFERENCES search_segment (community_id, segment_id) ON DELETE CASCADE
);
CREATE INDEX search_place_by_segment ON search_place (community_id, segment_id);
COMMENT ON TABLE search_place IS 'in which segment the words of a post are, as they are now';
COMMENT ON COLUMN search_place.community_id IS 'class=none';
COMMENT ON COLUMN search_place.post_id IS 'class=none';
COMMENT ON COLUMN search_place.segment_id IS 'class=none';

CREATE TABLE search_changed (
    community_id uuid NOT NULL,
    post_id      uuid NOT NULL,
    segment_id   uuid,
    CONSTRAINT search_changed_primary PRIMARY KEY (community_id, post_id),
    CONSTRAINT search_changed_in_community FOREIGN KEY (community_id) REFERENCES community (community_id) ON DELETE CASCADE
);
COMMENT ON TABLE search_changed IS 'posts that were changed or taken away since they were indexed, with the segment that holds older words of theirs and is to be replaced';
COMMENT ON COLUMN search_changed.community_id IS 'class=none';
COMMENT ON COLUMN search_changed.post_id IS 'class=none';
COMMENT ON COLUMN search_changed.segment_id IS 'class=none';

CREATE FUNCTION note_changed_post() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    WITH gone AS (DELETE FROM search_place WHERE community_id = NEW.community_id AND post_id = NEW.post_id RETURNING segment_id)
    INSERT INTO search_changed (community_id, post_id, segment_id)
    VALUES (NEW.community_id, NEW.post_id, (SELECT gone.segment_id FROM gone))
    ON CONFLICT ON CONSTRAINT search_changed_primary DO NOTHING;
    RETURN NULL;
END
$$;

-- A title belongs to the opening post. What is no longer shown at all is not to be found by any of its posts.
CREATE FUNCTION note_changed_topic() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    WITH gone AS (
        DELETE FROM search_place USING post
        WHERE search_place.community_id = NEW.community_id AND post.community_id = NEW.community_id AND post.post_id = search_place.post_id
        AND post.topic_id = NEW.topic_id AND (post.number = 1 OR NEW.status IN ('deleted', 'removed'))
        RETURNING search_place.post_id, search_place.segment_id)
    INSERT INTO search_changed (community_id, post_id, segment_id)
    SELECT post.community_id, post.post_id, gone.segment_id FROM post LEFT JOIN gone ON gone.post_id = post.post_id
    WHERE post.community_id = NEW.community_id AND post.topic_id = NEW.topic_id
    AND (post.number = 1 OR NEW.status IN ('deleted', 'removed') OR OLD.status IN ('deleted', 'removed'))
    ON CONFLICT ON CONSTRAINT search_changed_primary DO NOTHING;
    RETURN NULL;
END
$$;

CREATE TRIGGER post_changed_for_search AFTER UPDATE OF version ON post
FOR EACH ROW WHEN (OLD.version <> NEW.version) EXECUTE FUNCTION note_changed_post();
CREATE TRIGGER topic_changed_for_search AFTER UPDATE OF version ON topic
FOR EACH ROW WHEN (OLD.version <> NEW.version) EXECUTE FUNCTION note_changed_topic();

ALTER TABLE search_segment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY search_segment_scope ON search_segment USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER TABLE search_page ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY search_page_scope ON search_page USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER TABLE search_tag ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY search_tag_scope ON search_tag USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER TABLE search_place ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY search_place_scope ON search_place USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER TABLE search_changed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY search_changed_scope ON search_changed USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);

GRANT SELECT, INSERT, DELETE ON search_segment, search_page, search_tag, search_place, search_changed TO {{.app}};
GRANT SELECT, INSERT, DELETE ON search_segment, search_page, search_tag, search_place, search_changed TO {{.worker}};
GRANT UPDATE (indexed) ON topic_tally TO {{.worker}};
GRANT SELECT (search) ON community TO {{.readonly}};
