import Kernel

/// Keeps PostgreSQL's idea of young tables true.
///
/// Its own housekeeping looks once a minute. In the first minute of an installation tables grow from nothing to thousands of rows, and
/// with the statistics of an empty table every index looks as good as the right one: a conversation was then found by reading all of
/// the account's, a hundred times slower.
package enum PlannerStatistics {
    /// Analyses the tables of each PostgreSQL database that have changed by more than half since they were last analysed.
    package static func refresh(_ databases: [any Database]) async throws {
        for database in databases where database.dialect == .postgres {
            try await database.writeSystem(.migration) { transaction in
                try transaction.execute(
                    """
                    DO $$
                    DECLARE young record;
                    BEGIN
                      FOR young IN
                        SELECT s.relname FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
                        WHERE s.schemaname = current_schema() AND s.n_mod_since_analyze > 100 + 0.5 * greatest(c.reltuples, 0)
                      LOOP
                        EXECUTE format('ANALYZE %I', young.relname);
                      END LOOP;
                    END $$
                    """)
            }
        }
    }
}
