-- A list shows what was rendered, and is spared the source. The body of a post is two boxes, one behind the other: what is
-- shown, and the source. shown is the length of the first; of older posts, whose one box holds both, it is more than there
-- is. render says by which renderer, so that a list reads the source too where it has to be rendered anew.
--
-- Nearly everything sees one community, which its transaction names; comparing with one is less work than looking it up
-- in a list of one, for every row. Whoever sees several names them in the list, as before.

SET lock_timeout = '5s';

ALTER TABLE post ADD COLUMN shown integer NOT NULL DEFAULT 1073741823, ADD COLUMN render integer NOT NULL DEFAULT 0;
ALTER TABLE post ADD CONSTRAINT post_shown_positive CHECK (shown > 0);
COMMENT ON COLUMN post.body IS 'class=content;form=sealed, what is shown and then its source;purpose=conversation, its rendering and its exact time;export=consented and scrubbed;erase=row and key';
COMMENT ON COLUMN post.shown IS 'class=none';
COMMENT ON COLUMN post.render IS 'class=none';

GRANT UPDATE (shown) ON post TO {{.worker}};

CREATE FUNCTION visible_community() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT NULLIF(current_setting('hamyar.community', true), '')::uuid $$;

-- Not in SQL: it would be taken apart into every statement, also where one community is all there is.
CREATE OR REPLACE FUNCTION visible_communities() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
BEGIN
    RETURN string_to_array(NULLIF(concat_ws(',', NULLIF(current_setting('hamyar.community', true), ''), NULLIF(current_setting('hamyar.communities', true), '')), ''), ',')::uuid[];
END
$$;

-- Of personas and topics a statement reads a few, of posts a page: there the name is read once for all.
ALTER POLICY persona_scope ON persona USING ((community_id = visible_community() OR community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER POLICY topic_scope ON topic USING ((community_id = visible_community() OR community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER POLICY topic_tally_scope ON topic_tally USING ((community_id = (SELECT visible_community()) OR community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER POLICY post_scope ON post USING ((community_id = (SELECT visible_community()) OR community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
