import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.GraphDatabaseSettings.LogQueryLevel;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.io.ByteUnit;
import org.neo4j.kernel.internal.Version;

/**
 * A Neo4j Community server on 127.0.0.1, run straight from source:
 *
 * <pre>java -cp 'lib/*' StartNeo4j.java DATA_DIR BOLT_PORT [--while-stdin-is-open]</pre>
 *
 * Prints one line that begins with READY when it answers. Without NEO4J_PASSWORD there is no authentication; with it,
 * the user is neo4j. Stops on SIGTERM or SIGINT and, if asked to, when its standard input closes: the end of the
 * process that started it is then its own end, however that process ended.
 */
public class StartNeo4j {
    public static void main(String[] args) throws IOException {
        try {
            start(args);
        } catch (RuntimeException failure) {
            Throwable cause = failure;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            System.err.println("FAILED " + cause.getMessage());
            // A half-started server has threads that would keep the process alive.
            System.exit(1);
        }
        if (args.length > 2 && args[2].equals("--while-stdin-is-open")) {
            while (System.in.read() >= 0) {}
            System.exit(0);
        }
    }

    private static void start(String[] args) throws IOException {
        var dataDirectory = Path.of(args[0]).toAbsolutePath();
        var address = new SocketAddress("127.0.0.1", Integer.parseInt(args[1]));
        var password = System.getenv("NEO4J_PASSWORD");
        var hasPassword = password != null && !password.isEmpty();

        DatabaseManagementService server = new DatabaseManagementServiceBuilder(dataDirectory)
                .setConfig(BoltConnector.enabled, true)
                .setConfig(BoltConnector.listen_address, address)
                .setConfig(BoltConnector.advertised_address, address)
                .setConfig(GraphDatabaseSettings.auth_enabled, hasPassword)
                .setConfig(GraphDatabaseSettings.udc_enabled, false)
                .setConfig(GraphDatabaseSettings.log_queries, LogQueryLevel.OFF)
                .setConfig(GraphDatabaseSettings.pagecache_memory, ByteUnit.mebiBytes(128))
                // The default log files are 256 MiB, allocated in advance, for each of the two databases.
                .setConfig(GraphDatabaseSettings.preallocate_logical_logs, false)
                .setConfig(GraphDatabaseSettings.logical_log_rotation_threshold, ByteUnit.mebiBytes(64))
                .setConfig(GraphDatabaseSettings.keep_logical_logs, "256M size")
                .loadPropertiesFromFile(ofAnotherType(dataDirectory))
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));

        if (hasPassword) {
            server.database(GraphDatabaseSettings.SYSTEM_DATABASE_NAME)
                    .executeTransactionally(
                            "CREATE OR REPLACE USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED",
                            Map.of("password", password));
        }
        System.out.println("READY Neo4j " + Version.getNeo4jVersion() + " bolt://" + address);
    }

    /** A file of the settings whose Java type is another from one Neo4j to the next: their text is the same. */
    private static Path ofAnotherType(Path dataDirectory) throws IOException {
        // Else every stop waits five seconds for requests that might still come.
        var quietPeriod = "internal.dbms.bolt.netty_server_shutdown_quiet_period=0";
        return Files.writeString(Files.createDirectories(dataDirectory).resolve("start.conf"), quietPeriod);
    }
}
