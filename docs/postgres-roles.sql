-- Roles for PostgreSQL: the owner brings the schema up to date, the program only reads and adds, readers only read.
-- Run once as a superuser in the database of the product; run the grants again as the owner after every migration.
--   psql -v ON_ERROR_STOP=1 -f docs/postgres-roles.sql DATABASE
-- Give the passwords yourself (\password pledgefund_owner …); `migrate` runs as the owner, `serve` as the app.
DO $$
DECLARE wanted TEXT;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['pledgefund_owner', 'pledgefund_app', 'pledgefund_reader'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I LOGIN', wanted);
    END IF;
  END LOOP;
END $$;
ALTER SCHEMA public OWNER TO pledgefund_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO pledgefund_app, pledgefund_reader;
-- Looking for the list of migrations at the start asks for this right; it changes no table of somebody else.
GRANT CREATE ON SCHEMA public TO pledgefund_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO pledgefund_app, pledgefund_reader;
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO pledgefund_app;
-- Facts and events only grow: every table that carries the event of its rows, and the events themselves.
DO $$
DECLARE fact TEXT;
BEGIN
  FOR fact IN
    SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND t.tgname = 'kept_' || c.relname || '_change'
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON public.%I FROM pledgefund_app', fact);
  END LOOP;
END $$;
-- The list of heads moves forward and never loses a row; which migrations ran is the owner's matter.
REVOKE DELETE, TRUNCATE ON public.scopes FROM pledgefund_app;
REVOKE INSERT, UPDATE, DELETE ON public.__diesel_schema_migrations FROM pledgefund_app;
