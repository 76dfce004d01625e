package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "federation",
    mixinStandardHelpOptions = true,
    description = "Says which other trust domains are believed, and how it is with their roots.",
    footer = {
      "",
      "Both sides add each other; then services call each other by name, and policies say who may.",
      "See docs/federation.md."
    },
    subcommands = {
      FederationCommand.Add.class,
      FederationCommand.ListDomains.class,
      FederationCommand.Status.class,
      FederationCommand.Refresh.class,
      FederationCommand.Remove.class,
      FederationCommand.OwnBundle.class
    })
final class FederationCommand {

  private static final String KIND = "ClusterFederatedTrustDomain";
  private static final String NAMESPACE = "endomesh-system";

  private FederationCommand() {}

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Believes the workloads of another trust domain to be who they are.",
      footer = {
        "",
        "  endomesh federation add partner.example --url"
            + " https://mesh.partner.example:7443/spiffe/bundle --bundle partner.json",
        "  endomesh federation add partner.example --url https://bundles.partner.example/"
            + " --profile https_web"
      })
  static final class Add implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "TRUST-DOMAIN", description = "its name")
    private String trustDomain = "";

    @Option(
        names = "--url",
        required = true,
        paramLabel = "URL",
        description = "where it publishes its roots")
    private String url = "";

    @Option(
        names = "--profile",
        paramLabel = "PROFILE",
        description =
            "https_spiffe: the endpoint proves a SPIFFE id of the trust domain; https_web: it"
                + " proves its name as Web servers do (default: ${DEFAULT-VALUE})")
    private String profile = "https_spiffe";

    @Option(
        names = "--endpoint-id",
        paramLabel = "ID",
        description =
            "SPIFFE id that the endpoint proves (default: that of an Endomesh controller,"
                + " spiffe://TRUST-DOMAIN/ns/endomesh-system/sa/controller)")
    private @Nullable String endpointId;

    @Option(
        names = "--bundle",
        paramLabel = "FILE",
        description =
            "its bundle, got in a way that is trusted (its `endomesh federation bundle`); needed"
                + " for https_spiffe")
    private @Nullable Path bundle;

    @Override
    public Integer call() {
      ApiClient api = connection.open();
      JsonNode known = find(api, trustDomain);
      ObjectNode document =
          JsonNodeFactory.instance
              .objectNode()
              .put("apiVersion", "spire.spiffe.io/v1alpha1")
              .put("kind", KIND);
      document
          .putObject("metadata")
          .put("name", known == null ? trustDomain.replace('_', '-') : known.path("name").asText())
          .put("namespace", NAMESPACE);
      ObjectNode wanted =
          document.putObject("spec").put("trustDomain", trustDomain).put("bundleEndpointURL", url);
      ObjectNode proof = wanted.putObject("bundleEndpointProfile").put("type", profile);
      if (endpointId != null) {
        proof.put("endpointSPIFFEID", endpointId);
      } else if (profile.equals("https_spiffe")) {
        proof.put(
            "endpointSPIFFEID", "spiffe://" + trustDomain + "/ns/endomesh-system/sa/controller");
      }
      if (bundle != null) {
        wanted.put("trustDomainBundle", read(bundle));
      }
      api.post("apply?dryRun=false", "application/yaml", document.toString());
      JsonNode now = api.post("federation/" + trustDomain + "/refresh", "application/json", "{}");
      spec.commandLine().getOut().println(sentence(now));
      return Exit.OK.code();
    }

    private static String read(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new CommandFailed(Exit.USAGE, "--bundle: " + file + " cannot be read (" + e + ")");
      }
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the trust domains that are believed.")
  static final class ListDomains implements Callable<Integer> {

    @Mixin private Connection connection = new Connection();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode answer = connection.open().get("federation");
      List<String[]> table = new ArrayList<>();
      table.add(new String[] {"TRUST DOMAIN", "PROFILE", "ROOTS", "FETCHED", "FAILING SINCE"});
      for (JsonNode one : answer.path("federated")) {
        table.add(
            new String[] {
              one.path("trustDomain").asText(),
              one.path("profile").asText(),
              Integer.toString(one.path("roots").size()),
              one.path("fetchedAt").asText("not yet"),
              one.path("failingSince").asText("")
            });
      }
      output.print(answer, table);
      return Exit.OK.code();
    }
  }

  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = "Shows the roots of one, and why they cannot be fetched.")
  static final class Status implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "TRUST-DOMAIN", description = "its name")
    private String trustDomain = "";

    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode one = named(connection.open(), trustDomain);
      List<String[]> table = new ArrayList<>();
      table.add(new String[] {"ROOT", "ENDS"});
      for (JsonNode root : one.path("roots")) {
        table.add(new String[] {root.path("fingerprint").asText(), root.path("notAfter").asText()});
      }
      output.print(one, table);
      if (output.isTable()) {
        spec.commandLine().getOut().println(sentence(one));
      }
      return Exit.OK.code();
    }
  }

  @Command(
      name = "refresh",
      mixinStandardHelpOptions = true,
      description = "Asks for the roots of one now, instead of when it is time.")
  static final class Refresh implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "TRUST-DOMAIN", description = "its name")
    private String trustDomain = "";

    @Override
    public Integer call() {
      JsonNode now =
          connection
              .open()
              .post("federation/" + trustDomain + "/refresh", "application/json", "{}");
      spec.commandLine().getOut().println(sentence(now));
      return now.path("failure").isTextual() ? Exit.FAILED.code() : Exit.OK.code();
    }
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Believes one no longer, also on connections that are open.")
  static final class Remove implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "TRUST-DOMAIN", description = "its name")
    private String trustDomain = "";

    @Override
    public Integer call() {
      ApiClient api = connection.open();
      String name = named(api, trustDomain).path("name").asText();
      api.delete("namespaces/" + NAMESPACE + "/clusterfederatedtrustdomains/" + name);
      spec.commandLine().getOut().println(trustDomain + " is federated no longer");
      return Exit.OK.code();
    }
  }

  @Command(
      name = "bundle",
      mixinStandardHelpOptions = true,
      description = "Prints the roots of this mesh as a SPIFFE bundle, for a partner.",
      footer = {"", "  endomesh federation bundle > ours.json"})
  static final class OwnBundle implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Override
    public Integer call() {
      spec.commandLine().getOut().println(connection.open().get("/spiffe/bundle"));
      return Exit.OK.code();
    }
  }

  private static @Nullable JsonNode find(ApiClient api, String trustDomain) {
    for (JsonNode one : api.get("federation").path("federated")) {
      if (one.path("trustDomain").asText().equals(trustDomain)) {
        return one;
      }
    }
    return null;
  }

  private static JsonNode named(ApiClient api, String trustDomain) {
    JsonNode found = find(api, trustDomain);
    if (found == null) {
      throw new CommandFailed(Exit.NOT_FOUND, "trust domain " + trustDomain + " is not federated");
    }
    return found;
  }

  private static String sentence(JsonNode one) {
    int roots = one.path("roots").size();
    String known =
        one.path("trustDomain").asText() + ": " + roots + (roots == 1 ? " root" : " roots");
    return one.path("failure").isTextual()
        ? known
            + "; they cannot be fetched since "
            + one.path("failingSince").asText()
            + ": "
            + one.path("failure").asText()
        : known + ", fetched " + one.path("fetchedAt").asText("not yet");
  }
}
