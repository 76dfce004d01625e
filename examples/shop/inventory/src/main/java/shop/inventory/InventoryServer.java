package shop.inventory;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/** The stock of the shop, over gRPC. */
public final class InventoryServer {

  private static final Logger log = Logger.getLogger(InventoryServer.class.getName());

  private InventoryServer() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    String version = System.getenv().getOrDefault("INVENTORY_VERSION", "v1");
    String switchFile = System.getenv("INVENTORY_SWITCH_FILE");
    int port = Integer.parseInt(System.getenv().getOrDefault("INVENTORY_PORT", "9090"));
    Switch mode = new Switch(switchFile == null ? null : Path.of(switchFile));
    Server server =
        ServerBuilder.forPort(port).addService(new InventoryService(version, mode)).build().start();
    log.info("inventory " + version + " listens on port " + server.getPort());
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.shutdown();
                  try {
                    server.awaitTermination(2, TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    server.awaitTermination();
  }
}
