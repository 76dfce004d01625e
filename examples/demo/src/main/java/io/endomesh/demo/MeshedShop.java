package io.endomesh.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The whole demo: controller, database, and the shop with the agent in each JVM. */
final class MeshedShop implements AutoCloseable {

  static final String SHOP = "shop";
  static final String FINANCE = "finance";

  private final Installation installation;
  private final Path run;
  private final Http http = new Http();
  private final Relay relay = new Relay();
  private final ControllerProcess controller;
  private final Database database;
  private final Shop shop;
  private final Path joinShop;
  private final Path joinFinance;
  private int storefrontPort;

  private MeshedShop(
      Path run, ControllerProcess controller, Database database, Installation installation) {
    this.installation = installation;
    this.run = run;
    this.controller = controller;
    this.database = database;
    this.shop = new Shop(installation, run);
    this.joinShop = controller.joinFile(SHOP);
    this.joinFinance = controller.joinFile(FINANCE);
  }

  /**
   * Starts everything, and waits until a customer is served.
   *
   * @param port of the controller; 0 chooses one
   */
  static MeshedShop start(Installation installation, Path run, int port, Progress progress) {
    progress.step("starting the controller");
    ControllerProcess controller = new ControllerProcess(installation, run, new Http(), port);
    MeshedShop meshed = null;
    Database database = null;
    try {
      database = Database.start(installation, run);
      progress.step("started " + database.kind() + " as the shop's database");
      meshed = new MeshedShop(run, controller, database, installation);
      meshed.startServices(progress);
      return meshed;
    } catch (RuntimeException e) {
      if (meshed != null) {
        meshed.close();
      } else {
        if (database != null) {
          database.close();
        }
        controller.close();
      }
      throw e;
    }
  }

  Installation installation() {
    return installation;
  }

  ControllerProcess controller() {
    return controller;
  }

  Database database() {
    return database;
  }

  Shop shop() {
    return shop;
  }

  Http http() {
    return http;
  }

  Relay relay() {
    return relay;
  }

  Path run() {
    return run;
  }

  String storefront(String path) {
    return "http://127.0.0.1:" + storefrontPort + path;
  }

  /** Asks the stock, through storefront and orders: HTTP, HTTP, gRPC. */
  Http.Answer stock() {
    return http.get(storefront("/stock/tea"));
  }

  /** Buys: HTTP, HTTP, gRPC, SQL, HTTP. */
  Http.Answer buy() {
    return http.post(storefront("/buy/tea"));
  }

  Child startInventory(String name, String version) {
    return shop.start(
        new Shop.Launch(
            "inventory",
            name,
            agent(joinShop, SHOP, "labels=version:" + version, "locality=" + zone(version)),
            Map.of(
                "INVENTORY_VERSION",
                version,
                "INVENTORY_SWITCH_FILE",
                switchFile(name).toString())));
  }

  /** One zone for each version; orders is in that of the first. */
  private static String zone(String version) {
    return "eu/eu-" + version.substring(1);
  }

  Child startOrders() {
    return shop.start(
        new Shop.Launch(
            "orders",
            "orders",
            agent(joinShop, SHOP, "advertised-port=" + relay.port(), "locality=" + zone("v1")),
            Map.of("SPRING_DATASOURCE_URL", database.url())));
  }

  void startStorefront() {
    shop.start(new Shop.Launch("storefront", "storefront", agent(joinShop, SHOP), Map.of()));
    storefrontPort = shop.port("storefront");
  }

  /** Takes an instance of inventory out of work, or slows it down; empty puts it back. */
  void switchInventory(String name, String mode) {
    try {
      Files.writeString(switchFile(name), mode);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port orders really listens on changed or became known: the relay leads there. */
  void relayToOrders() {
    relay.target(shop.port("orders"));
  }

  @Override
  public void close() {
    shop.close();
    database.close();
    controller.close();
    relay.close();
  }

  private void startServices(Progress progress) {
    controller.apply(
        Yaml.database(SHOP, Database.HOST, database.port()) + Yaml.inventoryVersions(SHOP));
    progress.step("starting inventory v1 and v2, payments, orders, storefront");
    startInventory("inventory-v1", "v1");
    startInventory("inventory-v2", "v2");
    shop.start(new Shop.Launch("payments", "payments", agent(joinFinance, FINANCE), Map.of()));
    startOrders();
    relayToOrders();
    startStorefront();
    Await.until("a customer served by the shop", Shop.START, () -> buy().ok());
    progress.step("the shop is open: " + storefront("/"));
  }

  private Path switchFile(String name) {
    return run.resolve(name + ".switch");
  }

  private String agent(Path join, String namespace, String... more) {
    StringBuilder arguments =
        new StringBuilder("join-file=" + join + ",namespace=" + namespace)
            .append(",state-dir=")
            .append(run.resolve("state"));
    for (String argument : more) {
      arguments.append(',').append(argument);
    }
    return arguments.toString();
  }

  /**
   * What a lease may take to end, with the controller's default of 3 s and a margin for the push.
   */
  static final Duration LEASE = Duration.ofSeconds(4);
}
