package io.endomesh.controller.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceParserTest {

  private static final String ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: orders, namespace: shop}
      spec:
        parentRefs: [{kind: Service, group: "", name: orders}]
        rules:
        - matches: [{path: {type: PathPrefix, value: /v2}, headers: [{name: X-User, value: ann}]}]
          backendRefs: [{name: orders-v2, weight: 3}, {name: orders, weight: 1, port: 8080}]
          timeouts: {request: 1m30s, backendRequest: 250ms}
          retry: {codes: [503], attempts: 3, backoff: 10ms}
      """;

  @Test
  void parse_httpRoute_keepsWhatWasSaid() throws Exception {
    HttpRoute route = (HttpRoute) parse(ROUTE).resource();

    HttpRoute.HttpRule rule = route.rules().get(0);
    assertThat(route.parents()).containsExactly(new RouteResource.Parent("shop", "orders", null));
    assertThat(rule.backends())
        .containsExactly(
            new RouteResource.Backend("shop", "orders-v2", null, null, 3, RouteFilters.NONE),
            new RouteResource.Backend("shop", "orders", null, 8080, 1, RouteFilters.NONE));
    assertThat(rule.timeouts())
        .isEqualTo(new RouteResource.Timeouts(90_000_000_000L, 250_000_000L));
    assertThat(rule.retry())
        .isEqualTo(new RouteResource.Retry(List.of(503), 3, 10_000_000L, List.of()));
    assertThat(rule.matches().get(0).headers().get(0).name()).isEqualTo("x-user");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "weight: 3 | wieght: 3 | HTTPRoute shop/orders: spec.rules[0].backendRefs[0].wieght:"
            + " unknown field; did you mean 'weight'?",
        "{type: PathPrefix, value: /v2} | {type: RegularExpression, value: '/v(2'} | HTTPRoute"
            + " shop/orders: spec.rules[0].matches[0].path.value: '/v(2' (expected: a regular"
            + " expression of RE2): missing closing )",
        "{type: PathPrefix, value: /v2} | {type: Prefix, value: /v2} | HTTPRoute shop/orders:"
            + " spec.rules[0].matches[0].path.type: 'Prefix' (expected: Exact, PathPrefix,"
            + " RegularExpression)",
        "request: 1m30s | request: 90 | HTTPRoute shop/orders: spec.rules[0].timeouts.request: 90"
            + " (expected: a string; put it in quotes)",
        "request: 1m30s | request: 1.5s | HTTPRoute shop/orders: spec.rules[0].timeouts.request:"
            + " '1.5s' (expected: a duration such as 500ms, 10s or 1h30m)",
        "backendRequest: 250ms | backendRequest: 5m | HTTPRoute shop/orders:"
            + " spec.rules[0].timeouts.backendRequest: 5m (expected: no longer than request,"
            + " 1m30s)",
        "port: 8080 | port: 80800 | HTTPRoute shop/orders: spec.rules[0].backendRefs[1].port: 80800"
            + " (expected: a number from 1 to 65535)",
        "codes: [503] | codes: [200] | HTTPRoute shop/orders: spec.rules[0].retry.codes[0]: 200"
            + " (expected: a number from 400 to 599)",
        "gateway.networking.k8s.io/v1 | gateway.networking.k8s.io/v1alpha2 | HTTPRoute shop/orders:"
            + " apiVersion: 'gateway.networking.k8s.io/v1alpha2' (expected:"
            + " gateway.networking.k8s.io/v1 or gateway.networking.k8s.io/v1beta1)",
        "{name: orders, namespace: shop} | {name: Orders, namespace: shop} | HTTPRoute shop/Orders:"
            + " metadata.name: 'Orders' (expected: lower-case letters, digits, '-' and '.')",
        "retry: {codes | sessionPersistence: {codes"
            + " | HTTPRoute shop/orders: spec.rules[0].sessionPersistence.codes: unknown field",
      })
  void parse_wrongField_namesResourceAndField(String correct, String wrong, String message) {
    String yaml = ROUTE.replace(correct, wrong);
    assertThat(yaml).isNotEqualTo(ROUTE);

    assertThatThrownBy(() -> parse(yaml))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessage(message);
  }

  @Test
  void documents_brokenYaml_namesLineAndColumn() {
    assertThatThrownBy(() -> ResourceParser.documents("kind: Service\nspec: {a: [1,\n"))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageStartingWith("YAML is broken: line ");
  }

  @Test
  void documents_noResource_isRejected() {
    assertThatThrownBy(() -> ResourceParser.documents("---\n# nothing\n"))
        .hasMessage("no resource found (expected: at least one)");
    assertThatThrownBy(() -> ResourceParser.documents("just text"))
        .hasMessage("document 1: no resource (expected: apiVersion, kind, …)");
  }

  @Test
  void documents_anchorBomb_isRejected() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 60; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThatThrownBy(() -> ResourceParser.documents(bomb.toString()))
        .isInstanceOf(InvalidResourceException.class);
  }

  static java.util.stream.Stream<String> bombs() {
    String resource = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n";
    String doubling = "x: &a0 [x, x]\n";
    for (int i = 1; i < 24; i++) {
      doubling += "y%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1);
    }
    return java.util.stream.Stream.of(
        resource + "spec: " + "[".repeat(100_000),
        resource + "spec: " + "{a: ".repeat(100_000),
        resource + "spec:\n  " + "- ".repeat(5_000) + "a",
        "? ".repeat(5_000),
        resource + "spec: {selector: &s {a: *s}}",
        resource + "spec: &s [*s]",
        resource + doubling + "spec: {selector: *a23}",
        resource
            + "t: &t '"
            + "x".repeat(100_000)
            + "'\nspec: {selector: {"
            + "a: *t, ".repeat(45)
            + "}}",
        resource + "t: &t '" + "x".repeat(100) + "'\nspec: [" + "*t, ".repeat(500_000) + "]",
        resource + "spec: {ports: [{port: " + "9".repeat(1_000_000) + "}]}",
        resource + "spec: {ports: [{port: !!int '" + "9".repeat(1_000_000) + "'}]}",
        resource + "spec: {selector: !!binary 'AAAA'}",
        resource + "spec: {selector: {null: a}}",
        "kind: " + "x".repeat(1_000_000));
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.MethodSource("bombs")
  void parseAll_bomb_isRefusedAtOnceAndInASentence(String bomb) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> ResourceParser.parseAll(bomb))
        .isInstanceOf(InvalidResourceException.class)
        .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(7_000));
    assertThat(java.time.Duration.ofNanos(System.nanoTime() - start))
        .isLessThan(java.time.Duration.ofSeconds(10));
  }

  @Test
  void documents_jsonAndLists_areRead() throws Exception {
    String json =
        "{\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":"
            + "{\"name\":\"orders\"},\"spec\":{\"selector\":{\"app\":\"orders\"}}}]}";

    ParsedResource service = ResourceParser.parse(ResourceParser.documents(json).get(0));

    assertThat(service.key().toString()).isEqualTo("Service default/orders");
  }

  @Test
  void parse_unknownKind_namesAllThatThereAre() {
    assertThatThrownBy(() -> parse(ROUTE.replace("kind: HTTPRoute", "kind: HTTPRoutes")))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessage(
            "HTTPRoutes shop/orders: kind: unknown kind 'HTTPRoutes' (expected: "
                + String.join(", ", Kind.names())
                + "); did you mean 'HTTPRoute'?");
  }

  @Test
  void parse_fieldsOfKubernetesWithoutEffect_areWarnedOf() throws Exception {
    ParsedResource service =
        parse(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: orders, uid: 1-2, resourceVersion: "7"}
            spec: {type: NodePort, clusterIP: 10.0.0.1, selector: {app: orders}, ports: [{port: 80}]}
            status: {loadBalancer: {}}
            """);

    assertThat(service.warnings()).containsExactly("spec.type: has no effect in this mesh");
    assertThat(service.resourceVersion()).isEqualTo(7);
    assertThat(service.body()).doesNotContain("resourceVersion", "uid", "status");
  }

  @Test
  void parse_authorizationPolicy_rejectsWhatWouldBeIgnored() {
    assertThatThrownBy(
            () ->
                parse(
                    """
                    apiVersion: security.istio.io/v1
                    kind: AuthorizationPolicy
                    metadata: {name: p, namespace: shop}
                    spec: {rules: [{from: [{source: {}}]}]}
                    """))
        .hasMessageContaining("spec.rules[0].from[0].source: empty (expected: principals");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{rules: [{from: [{source: {ipBlocks: [10.0.0.0/33]}}]}]}"
            + "| spec.rules[0].from[0].source.ipBlocks[0]: address range: 10.0.0.0/33 (expected:",
        "{rules: [{from: [{source: {notIpBlocks: [office]}}]}]}"
            + "| spec.rules[0].from[0].source.notIpBlocks[0]: 'office' (expected: an IP address",
        "{rules: [{from: [{source: {ipBlocks: ['::ffff:10.0.0.0/104']}}]}]}"
            + "| spec.rules[0].from[0].source.ipBlocks[0]: '::ffff:10.0.0.0/104' (expected: an IP",
        "{rules: [{from: [{source: {serviceAccounts: ['shop/*']}}]}]}"
            + "| spec.rules[0].from[0].source.serviceAccounts[0]: 'shop/*' (expected: SERVICE or",
        "{rules: [{when: [{key: source.ip, values: [x]}]}]}"
            + "| spec.rules[0].when[0].values[0]: 'x' (expected: an IP address",
        "{rules: [{when: [{key: destination.port, values: [http]}]}]}"
            + "| spec.rules[0].when[0].values[0]: 'http' (expected: a port number)",
        "{rules: [{when: [{key: connection.sni, values: [a]}]}]}"
            + "| spec.rules[0].when[0].key: 'connection.sni' (expected: one of source.principal,",
        "{selector: {matchLabels: {app: a}}, targetRefs: [{group: '', kind: Service, name: a}]}"
            + "| spec.targetRefs: beside selector (expected: one of both)",
        "{targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: a}]}"
            + "| spec.targetRefs[0].group: 'gateway.networking.k8s.io' (expected:",
      })
  void parse_authorizationPolicy_saysWhatIsWrong(String spec, String message) {
    assertThatThrownBy(
            () ->
                parse(
                    "{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy,"
                        + " metadata: {name: p, namespace: shop}, spec: "
                        + spec
                        + "}"))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}| spec.defaultAction: absent (expected: defaultAction or trustedHops, or both)",
        "{defaultAction: deny}| spec.defaultAction: 'deny' (expected: Allow, Deny); did you mean",
        "{trustedHops: 1}, DRY| spec.trustedHops: in a dry run (expected: defaultAction alone",
        "{defaultAction: Deny}, ODD| metadata.annotations.endomesh.io/dry-run: 'yes' (expected:",
        "{trustedHops: 17}| spec.trustedHops: 17 (expected: a number from 0 to 16)",
      })
  void parse_inboundPolicy_saysWhatIsWrong(String spec, String message) {
    assertThatThrownBy(
            () ->
                parse(
                    "{apiVersion: endomesh.io/v1, kind: InboundPolicy, metadata: {name: p,"
                        + " namespace: shop, annotations: {endomesh.io/dry-run: '"
                        + (spec.endsWith("DRY") ? "true" : spec.endsWith("ODD") ? "yes" : "false")
                        + "'}}, spec: "
                        + spec.replaceAll(", (DRY|ODD)", "")
                        + "}"))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "endomesh-system| {deny: [marketing payments]}| spec.deny[0]: 'marketing payments'"
            + " (expected:",
        "endomesh-system| {deny: ['a -> a']}| spec.deny[0]: 'a -> a' (expected: two departments",
        "endomesh-system| {allow: ['* -> *']}| spec.allow[0]: '* -> *' (expected: two departments",
        "endomesh-system| {allow: ['a -> b'], deny: ['a->b']}| spec.allow[0]: 'a -> b' is denied,",
        "endomesh-system| {departments: {sales: []}}| spec.departments.sales: no namespace",
        "endomesh-system| {departments: {sales: ['*']}}| spec.departments.sales[0]: '*' (expected:",
        "endomesh-system| {denied: []}| spec.denied: unknown field",
        "shop| {deny: ['a -> b']}| metadata.namespace: 'shop' (expected: endomesh-system",
      })
  void parse_departmentPolicy_saysWhatIsWrong(String namespace, String spec, String message) {
    assertThatThrownBy(
            () ->
                parse(
                    "{apiVersion: endomesh.io/v1, kind: DepartmentPolicy, metadata: {name: p,"
                        + " namespace: "
                        + namespace
                        + "}, spec: "
                        + spec
                        + "}"))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{kind: Group, name: a}| ServiceAccount| spec.destination.kind: 'Group' (expected: Serv",
        "{kind: ServiceAccount, name: a, namespace: b}| ServiceAccount"
            + "| spec.destination.namespace: 'b' (expected: its own, shop)",
        "{kind: ServiceAccount, name: a, port: 80}| ServiceAccount| spec.destination.port: not",
        "{kind: ServiceAccount, name: a}| Group| spec.sources[0].kind: 'Group' (expected: Serv",
      })
  void parse_trafficTarget_saysWhatIsWrong(String destination, String source, String message) {
    assertThatThrownBy(
            () ->
                parse(
                    "{apiVersion: access.smi-spec.io/v1alpha3, kind: TrafficTarget, metadata:"
                        + " {name: p, namespace: shop}, spec: {destination: "
                        + destination
                        + ", sources: [{kind: "
                        + source
                        + ", name: x}]}}"))
        .hasMessageContaining(message);
  }

  @Test
  void parse_headerTwiceInAMatch_theFirstCounts() throws Exception {
    ParsedResource parsed =
        parse(
            ROUTE.replace(
                "{name: X-User, value: ann}",
                "{name: X-User, value: ann}, {name: x-user, value: bob}"));

    HttpRoute.Match match = ((HttpRoute) parsed.resource()).rules().get(0).matches().get(0);
    assertThat(match.headers())
        .containsExactly(
            new RouteResource.NamedText("x-user", new RouteResource.Text(false, "ann")));
    assertThat(parsed.warnings())
        .containsExactly(
            "spec.rules[0].matches[0].headers[1]: 'x-user' is there already, and the first counts");
  }

  @ParameterizedTest
  @CsvSource({
    "/a/{*}/b,     /a/x/b,   true",
    "/a/{*}/b,     /a/x/y/b, false",
    "/a/{*}/b,     /a//b,    false",
    "/a/{**},      /a/x/y,   true",
    "/a/{**},      /a/,      true",
    "/a/{**},      /a,       false",
    "/a/{**}/b,    /a/x/y/b, true",
    "/{*}/a.b,     /x/a.b,   true",
    "/{*}/a.b,     /x/a-b,   false",
  })
  void pathTemplate_matchesBySegments(String template, String path, boolean matches) {
    assertThat(PathTemplates.isValid(template)).isTrue();
    assertThat(path.matches(PathTemplates.regex(template))).isEqualTo(matches);
  }

  @Test
  void parse_templateInARoute_isAnExpression_andOneThatIsNoneIsRefused() throws Exception {
    String route =
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders}]
          rules: [{matches: [{path: {type: RegularExpression, value: "%s"}}]}]
        """;

    assertThat(path(parse(route.formatted("/a/{*}/{**}"))))
        .isEqualTo(new HttpRoute.Path(HttpRoute.PathType.RegularExpression, "/a/[^/]+/.*"));
    assertThat(path(parse(route.formatted("/a/[0-9]{3}"))).value()).isEqualTo("/a/[0-9]{3}");
    assertThatThrownBy(() -> parse(route.formatted("/{**}/b/{*}")))
        .hasMessageContaining("path.value: '/{**}/b/{*}' (expected: segments");
  }

  private static HttpRoute.Path path(ParsedResource parsed) {
    return ((HttpRoute) parsed.resource()).rules().get(0).matches().get(0).path();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a{*}", "/{**}/{*}", "/{a}", "{*}/a", "/{*}*", "/a/{"})
  void parse_pathThatIsNoTemplate_isRefused(String path) {
    assertThatThrownBy(
            () ->
                parse(
                    """
                    apiVersion: security.istio.io/v1
                    kind: AuthorizationPolicy
                    metadata: {name: p, namespace: shop}
                    spec: {rules: [{to: [{operation: {paths: ["%s"]}}]}]}
                    """
                        .formatted(path)))
        .hasMessageContaining("operation.paths[0]: '" + path + "' (expected: segments");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resolution: STATIC, endpoints: [{address: db.example.com}] | endpoints[0].address:"
            + " 'db.example.com' (expected: an IP address, or resolution DNS)",
        "resolution: DNS, endpoints: [{address: 'unix:///s'}] | endpoints[0].address: 'unix:///s'"
            + " (expected: an IP address or a name)",
        "resolution: DNS, endpoints: [{address: a, ports: {sqk: 1}}] | endpoints[0].ports.sqk: no"
            + " port has this name (expected: one of [sql])",
        "resolution: DNS, endpoints: [{address: a, network: n}] | endpoints[0].network: not"
            + " supported in this release",
        "resolution: STATIC | endpoints: absent (expected: at least one, for resolution STATIC)",
        "resolution: NONE, endpoints: [{address: 10.0.0.1}] | endpoints: present (expected: none,"
            + " for resolution NONE)",
        "resolution: DNS_ROUND_ROBIN | resolution: 'DNS_ROUND_ROBIN' (expected: NONE, STATIC, DNS)",
        "location: OUTSIDE | location: 'OUTSIDE' (expected: MESH_EXTERNAL, MESH_INTERNAL)",
        "workloadSelector: {} | workloadSelector.labels: absent (expected: labels of"
            + " WorkloadEntries or workloads)",
        "workloadSelector: {labels: {app: db}} | resolution: NONE (expected: STATIC or DNS, with"
            + " workloadSelector)",
        "resolution: STATIC, workloadSelector: {labels: {app: db}}, endpoints: [{address:"
            + " 10.0.0.1}] | workloadSelector: beside endpoints (expected: one of them)",
        "addresses: [10.0.0.0/8] | addresses[0]: '10.0.0.0/8' (expected: an IP address; prefixes"
            + " are not supported)",
        "exportTo: ['.'] | exportTo: [.] (expected: \"*\"; a Sidecar says who may call what)",
      })
  void parse_serviceEntry_saysWhatIsWrong(String fields, String problem) {
    assertThatThrownBy(
            () ->
                parse(
                    """
                    apiVersion: networking.istio.io/v1
                    kind: ServiceEntry
                    metadata: {name: db, namespace: shop}
                    spec: {hosts: [ordersdb], ports: [{number: 5432, name: sql}], %s}
                    """
                        .formatted(fields)))
        .hasMessage("ServiceEntry shop/db: spec." + problem);
  }

  @ParameterizedTest
  @CsvSource({
    "tcp, connectTimeout",
    "tcp, idleTimeout",
    "tcp, tcpKeepalive",
    "tcp, maxConnectionDuration",
    "http, idleTimeout",
    "http, maxRequestsPerConnection",
    "http, h2UpgradePolicy",
    "http, useClientProtocol",
    "http, maxConcurrentStreams",
  })
  void parse_destinationRuleOnConnectionsThemselves_isRefusedByName(String of, String field) {
    assertThatThrownBy(
            () ->
                parse(
                    """
                    apiVersion: networking.istio.io/v1
                    kind: DestinationRule
                    metadata: {name: orders, namespace: shop}
                    spec: {host: orders, trafficPolicy: {connectionPool: {%s: {%s: 5s}}}}
                    """
                        .formatted(of, field)))
        .hasMessage(
            "DestinationRule shop/orders: spec.trafficPolicy.connectionPool.%s.%s: not supported"
                    .formatted(of, field)
                + " (expected: absent; connections are made and kept by the application's own"
                + " client, where it can be set)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{mode: TRUST} | mode: 'TRUST' (expected: DISABLE, SIMPLE, MUTUAL or ISTIO_MUTUAL)",
        "{mode: MUTUAL} | clientCertificate: absent (expected: a string)",
        "{mode: MUTUAL, clientCertificate: /c.pem} | privateKey: absent (expected: a string)",
        "{mode: MUTUAL, clientCertificate: c.pem} | clientCertificate: 'c.pem' (expected: the full"
            + " path of a file at the workload)",
        "{mode: MUTUAL, credentialName: s} | credentialName: not supported (expected:"
            + " clientCertificate, privateKey and caCertificates, paths of files at the workload; a"
            + " Secret of Kubernetes is mounted there as a volume)",
        "{mode: SIMPLE, clientCertificate: /c.pem} | clientCertificate: beside mode SIMPLE"
            + " (expected: absent)",
        "{mode: SIMPLE, insecureSkipVerify: true} | insecureSkipVerify: true is not supported: a"
            + " server is always checked (expected: its roots in caCertificates, and the names its"
            + " certificate has in subjectAltNames)",
        "{mode: SIMPLE, caCertificates: ca.pem} | caCertificates: no certificate in PEM (expected:"
            + " the certificates themselves, the full path of a file at the workload, or 'system')",
        "{mode: SIMPLE, caCrl: x} | caCrl: 'x' (expected: the full path of a file at the workload)",
        "{mode: SIMPLE, sni: '*.x'} | sni: '*.x' (expected: a DNS name)",
        "{mode: DISABLE, clientCertificate: /x} | clientCertificate: unknown field",
        "{mode: ISTIO_MUTUAL, privateKey: /x} | privateKey: beside mode ISTIO_MUTUAL (expected:"
            + " absent)",
        "{mode: ISTIO_MUTUAL, subjectAltNames: [x]} | subjectAltNames[0]: 'x' (expected: a SPIFFE"
            + " id, spiffe://DOMAIN/ns/NS/sa/SERVICE)",
      })
  void parse_destinationRuleTls_saysWhatIsWrong(String tls, String problem) {
    assertThatThrownBy(
            () ->
                parse(
                    """
                    apiVersion: networking.istio.io/v1
                    kind: DestinationRule
                    metadata: {name: partner, namespace: shop}
                    spec: {host: api.partner.example, trafficPolicy: {tls: %s}}
                    """
                        .formatted(tls)))
        .hasMessageStartingWith("DestinationRule shop/partner: spec.trafficPolicy.tls." + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{hostname: a.b} | spec.validation.wellKnownCACertificates: absent (expected: a string)",
        "{hostname: a.b, wellKnownCACertificates: Mine} | spec.validation.wellKnownCACertificates:"
            + " 'Mine' (expected: System)",
        "{wellKnownCACertificates: System} | spec.validation.hostname: absent (expected: a string)",
        "{hostname: '*.b', wellKnownCACertificates: System} | spec.validation.hostname: '*.b'"
            + " (expected: a DNS name)",
        "{hostname: a.b, caCertificateRefs: [{kind: ConfigMap, name: ca}]} |"
            + " spec.validation.caCertificateRefs: not supported in this release",
        "{hostname: a.b, wellKnownCACertificates: System, subjectAltNames: [{type: IP}]} |"
            + " spec.validation.subjectAltNames[0].type: 'IP' (expected: Hostname or URI)",
      })
  void parse_backendTlsPolicy_saysWhatIsWrong(String validation, String problem) {
    assertThatThrownBy(
            () ->
                parse(
                    """
                    apiVersion: gateway.networking.k8s.io/v1
                    kind: BackendTLSPolicy
                    metadata: {name: partner, namespace: shop}
                    spec:
                      targetRefs: [{group: networking.istio.io, kind: ServiceEntry, name: partner}]
                      validation: %s
                    """
                        .formatted(validation)))
        .hasMessage("BackendTLSPolicy shop/partner: " + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "route: [{destination: {host: a}, weight: 0}, {destination: {host: b}}] | route: weights"
            + " sum to 0 (expected: > 0)",
        "redirect: {uri: /b}, directResponse: {status: 200} | directResponse: beside a redirect"
            + " (expected: one of them)",
        "redirect: {uri: /b}, rewrite: {uri: /c} | rewrite: beside a redirect or directResponse"
            + " (expected: none; nothing is sent on)",
        "redirect: {redirectCode: 304} | redirect.redirectCode: 304 (expected: 301, 302, 303, 307"
            + " or 308)",
        "redirect: {uri: '/b?c'} | redirect.uri: '/b?c' (expected: a path without a query)",
        "redirect: {authority: 'a:b'} | redirect.authority: 'a:b' (expected: a host, with a port"
            + " if there is no field port)",
        "match: [{headers: {':path': {exact: /a}}}] | match[0].headers.:path: ':path' (expected:"
            + " the name of a header)",
        "match: [{statPrefix: a}] | match[0].statPrefix: not supported in this release",
        "headers: {request: {set: {'a b': c}}} | headers.request.set: 'a b' (expected: the name of"
            + " a header)",
        "rewrite: {uriRegexRewrite: {match: '/(a)', rewrite: '\\2'}} |"
            + " rewrite.uriRegexRewrite.rewrite: '\\2' (expected: \\\\ or a group from \\0 to \\1"
            + " after each backslash)",
        "mirrorPercentage: {value: 1} | mirrorPercentage: without mirror (expected: both, or"
            + " mirrors)",
      })
  void parse_virtualService_saysWhatIsWrong(String rule, String problem) {
    String answered = rule.contains("edirect") || rule.contains("route") ? "" : DESTINATION;
    assertThatThrownBy(
            () ->
                parse(
                    """
                    apiVersion: networking.istio.io/v1
                    kind: VirtualService
                    metadata: {name: orders, namespace: shop}
                    spec: {hosts: [orders], http: [{%s%s}]}
                    """
                        .formatted(answered, rule)))
        .hasMessage("VirtualService shop/orders: spec.http[0]." + problem);
  }

  private static final String DESTINATION = "route: [{destination: {host: orders}}], ";

  @Test
  void parse_virtualServiceThatAnswers_warnsOfWhatIsAboutSending() throws Exception {
    ParsedResource answering =
        parse(
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: orders, namespace: shop}
            spec:
              hosts: [orders]
              http:
                - directResponse: {status: 200}
                  timeout: 1s
                  mirror: {host: other}
            """);

    assertThat(answering.warnings())
        .containsExactly(
            "spec.http[0].mirror: has no effect beside a redirect or directResponse",
            "spec.http[0].timeout: has no effect beside a redirect or directResponse");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "endomesh.io/faults-untill: now | annotations.endomesh.io/faults-untill: unknown"
            + " annotation; did you mean 'endomesh.io/faults-until'?",
        "endomesh.io/faults-until: now | annotations.endomesh.io/faults-until: 'now' (expected: a"
            + " time such as 2026-12-01T18:00:00Z, RFC 3339)",
      })
  void parse_annotationOfOurs_isUnderstoodOrRefused(String annotation, String problem) {
    assertThatThrownBy(
            () ->
                parse(
                    """
                    apiVersion: networking.istio.io/v1
                    kind: VirtualService
                    metadata: {name: orders, namespace: shop, annotations: {example.com/a: b, %s}}
                    spec:
                      hosts: [orders]
                      http:
                        - fault: {abort: {httpStatus: 503}}
                          route: [{destination: {host: orders}}]
                    """
                        .formatted(annotation)))
        .hasMessage("VirtualService shop/orders: metadata." + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{sessionName: 'a b'} | sessionName: 'a b' (expected: the name of a cookie or header)",
        "{cookieConfig: {lifetimeType: Forever}} | cookieConfig.lifetimeType: 'Forever' (expected:"
            + " Session, Permanent)",
        "{type: Header, cookieConfig: {lifetimeType: Session}} | cookieConfig: beside type Header"
            + " (expected: only with Cookie)",
        "{absoluteTimeout: 1h} | absoluteTimeout: without a Permanent cookie: not supported in"
            + " this release (expected: absent, or cookieConfig.lifetimeType Permanent)",
      })
  void parse_sessionPersistence_saysWhatIsWrong(String session, String problem) {
    String yaml = ROUTE.replace("retry: {", "sessionPersistence: " + session + "\n    retry: {");
    assertThatThrownBy(() -> parse(yaml))
        .hasMessage("HTTPRoute shop/orders: spec.rules[0].sessionPersistence." + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "loadBalancer: {consistentHash: {httpHeaderName: a, maglev: {tableSize: 8}}} |"
            + " loadBalancer.consistentHash.maglev.tableSize: 8 (expected: a prime number)",
        "loadBalancer: {consistentHash: {httpHeaderName: a, maglev: {}, ringHash: {}}} |"
            + " loadBalancer.consistentHash.maglev: beside a ring (expected: one of them)",
        "loadBalancer: {consistentHash: {httpCookie: {name: a, path: /b}}} |"
            + " loadBalancer.consistentHash.httpCookie.path: '/b' (expected: /, as the cookie is"
            + " for all calls)",
        "loadBalancer: {simple: RANDOM, warmup: {duration: 1s}} | loadBalancer.warmup: beside"
            + " RANDOM (expected: LEAST_REQUEST or ROUND_ROBIN; others have no shares to grow)",
        "outlierDetection: {interval: 0s} | outlierDetection.interval: '0s' (expected: more than"
            + " 0)",
      })
  void parse_trafficPolicy_saysWhatIsWrong(String policy, String problem) {
    assertThatThrownBy(
            () ->
                parse(
                    """
                    apiVersion: networking.istio.io/v1
                    kind: DestinationRule
                    metadata: {name: orders, namespace: shop}
                    spec: {host: orders, trafficPolicy: {%s}}
                    """
                        .formatted(policy)))
        .hasMessage("DestinationRule shop/orders: spec.trafficPolicy." + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{outboundTrafficPolicy: {}} | outboundTrafficPolicy.mode: absent (expected: ALLOW_ANY or"
            + " REGISTRY_ONLY)",
        "{outboundTrafficPolicy: {mode: NONE}} | outboundTrafficPolicy.mode: 'NONE' (expected:"
            + " ALLOW_ANY, REGISTRY_ONLY)",
        "{workloadSelector: {}} | workloadSelector.labels: absent (expected: labels of the"
            + " workloads)",
        "{ingress: [{}]} | ingress: not supported in this release",
        "{egress: [{port: {number: 80}, hosts: ['./*']}]} | egress[0].port: not supported in this"
            + " release",
        "{egress: [{}]} | egress[0].hosts: absent (expected: at least one namespace/host)",
        "{egress: [{hosts: [orders]}]} | egress[0].hosts: 'orders' (expected: namespace/host,"
            + " where",
        "{egress: [{hosts: ['shop/api*']}]} | egress[0].hosts: 'shop/api*' (expected:"
            + " namespace/host, where",
      })
  void parse_sidecar_saysWhatIsWrong(String spec, String problem) {
    assertThatThrownBy(
            () ->
                parse(
                    """
                    apiVersion: networking.istio.io/v1
                    kind: Sidecar
                    metadata: {name: default, namespace: shop}
                    spec: %s
                    """
                        .formatted(spec)))
        .hasMessageContaining("Sidecar shop/default: spec." + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{to: [{kind: Service}]} | spec.from: absent (expected: at least one kind and namespace)",
        "{from: [{group: g, kind: K, namespace: n}]} | spec.to: absent (expected: at least one"
            + " kind)",
        "{from: [{kind: K, namespace: n}], to: [{kind: Service}]} | spec.from[0].group: absent",
      })
  void parse_referenceGrant_saysWhatIsMissing(String spec, String problem) {
    assertThatThrownBy(
            () ->
                parse(
                    """
                    apiVersion: gateway.networking.k8s.io/v1beta1
                    kind: ReferenceGrant
                    metadata: {name: grant, namespace: finance}
                    spec: %s
                    """
                        .formatted(spec)))
        .hasMessageContaining("ReferenceGrant finance/grant: " + problem);
  }

  private static ParsedResource parse(String yaml) throws InvalidResourceException {
    return ResourceParser.parse(ResourceParser.documents(yaml).get(0));
  }
}
