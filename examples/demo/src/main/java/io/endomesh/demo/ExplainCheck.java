package io.endomesh.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is said of calls is what they do: an explanation meets the rule and the cluster that real
 * calls met by their own trail; a draft is held against real traffic, and found wrong before it is
 * applied.
 */
final class ExplainCheck implements Check {

  private static final Duration EFFECT = Duration.ofSeconds(1);
  private static final Duration TELEMETRY = Duration.ofSeconds(5);
  private static final String PATH = "/stock/tea";
  private static final String TRAIL = "x-endomesh-trail";
  private static final Pattern TOKEN = Pattern.compile("\\d+\\.[A-Za-z0-9_-]{60,}");

  private static final String V2 = "||inventory-v2.shop";
  private static final int CALLS = 50;

  private static final Pattern CHANGED = Pattern.compile("([\\d,]+) of [\\d,]+ calls of the last");

  private static final Pattern TO_V1 =
      Pattern.compile("([\\d,]+) more would go to outbound\\|\\d+\\|\\|inventory-v1\\.shop");

  /** Exit code of an analysis that found an error. */
  private static final int FOUND = 10;

  @Override
  public String name() {
    return "explain";
  }

  @Override
  public String run(MeshedShop shop) {
    ControllerProcess controller = shop.controller();
    Matcher token = TOKEN.matcher(controller.endomesh(0, "token", "trail"));
    CheckFailed.unless(token.find(), "endomesh token trail printed no token");
    controller.apply(Yaml.split(MeshedShop.SHOP, 0, 100));
    try {
      Await.until(
          "calls that say they went to " + V2,
          EFFECT,
          () -> trail(shop, token.group()).contains(V2));
      String trail = trail(shop, token.group());
      String strangers = trail(shop, "1." + token.group());
      CheckFailed.unless(strangers.isEmpty(), "a made up token is told: " + strangers);
      compare(trail, 0, explain(shop, "GET", "http://orders" + PATH, "shop/storefront"));
      compare(
          trail,
          1,
          explain(shop, "POST", "grpc://inventory/shop.Inventory/Reserve", "shop/orders"));
      for (int i = 0; i < CALLS; i++) {
        CheckFailed.unless(shop.stock().ok(), "the stock is not answered");
      }
      return "%s; %d hops, %d characters; %s; %s"
          .formatted(
              "rule and cluster as explained on 2 of 2 calls",
              count(trail, "served;"),
              trail.length(),
              dryRun(shop),
              analysis(shop));
    } finally {
      controller.delete("grpcroute", MeshedShop.SHOP, "inventory");
    }
  }

  private static String trail(MeshedShop shop, String token) {
    return shop.http().header(shop.storefront(PATH), TRAIL, token);
  }

  private static JsonNode explain(MeshedShop shop, String method, String url, String from) {
    return shop.controller().endomeshJson("explain", method, url, "--from", from, "-o", "json");
  }

  /** The attempt that was made at a depth, and the branch that most calls take. */
  private static void compare(String trail, int depth, JsonNode explained) {
    Matcher attempt =
        Pattern.compile(
                "attempt;depth=%d;[^,]*;route=\"([^\"]*)\";cluster=\"([^\"]*)\"".formatted(depth))
            .matcher(trail);
    CheckFailed.unless(attempt.find(), "no attempt of depth " + depth + " in " + trail);
    String route = "";
    for (JsonNode step : explained.path("steps")) {
      route = step.path("stage").asText().equals("route") ? step.path("decidedBy").asText() : route;
    }
    String cluster = "";
    double most = 0;
    for (JsonNode branch : explained.path("branches")) {
      if (branch.path("percent").asDouble() > most) {
        most = branch.path("percent").asDouble();
        cluster = branch.path("cluster").asText();
      }
    }
    CheckFailed.unless(
        List.of(route, cluster).equals(List.of(attempt.group(1), attempt.group(2))),
        "explained is %s to %s, and it was %s to %s"
            .formatted(route, cluster, attempt.group(1), attempt.group(2)));
  }

  /** A draft that sends to the first version what goes to the second. */
  private static String dryRun(MeshedShop shop) {
    String draft = Yaml.split(MeshedShop.SHOP, 100, 0);
    Await.until(
        CALLS + " calls that a draft is held against",
        TELEMETRY,
        () ->
            shop.http()
                    .post(shop.controller().url() + "/api/v1/replay", "application/yaml", draft)
                    .json()
                    .path("changed")
                    .asDouble()
                >= CALLS);
    String said = shop.controller().onFile(draft, 0, "apply", "--dry-run=traffic");
    long changed = number(CHANGED, said);
    CheckFailed.unless(
        changed >= CALLS && number(TO_V1, said) == changed,
        "the draft moves other calls than those to inventory: " + said);
    CheckFailed.unless(
        shop.stock().body().contains("\"inventory\":\"v2\""), "a dry run changed the mesh");
    return "dry run: %d calls would go to v1".formatted(changed);
  }

  private static String analysis(MeshedShop shop) {
    String now = shop.controller().endomesh(0, "analyze");
    CheckFailed.unless(!now.contains("error "), "the shop has errors: " + now);
    String draft =
        Yaml.split(MeshedShop.SHOP, 1, 1).replace("{name: inventory-v2", "{name: inventroy");
    String found = shop.controller().onFile(draft, FOUND, "analyze");
    CheckFailed.unless(
        found.contains("EM0102") && found.contains("inventroy"), "not found: " + found);
    return "analyze: no error in the shop, EM0102 in a draft";
  }

  private static long number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    CheckFailed.unless(matcher.find(), pattern + " is not in: " + text);
    return Long.parseLong(matcher.group(1).replace(",", ""));
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }
}
