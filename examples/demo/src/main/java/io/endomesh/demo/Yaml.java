package io.endomesh.demo;

/** The resources the demo applies: what a user would write. */
final class Yaml {

  private Yaml() {}

  /** A database is no workload of the mesh: it is written down. */
  static String database(String namespace, String host, int port) {
    return """
    ---
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: %2$s, namespace: %1$s}
    spec:
      hosts: [%2$s]
      ports: [{number: 5432, name: sql, protocol: TCP}]
      resolution: STATIC
      endpoints: [{address: 127.0.0.1, ports: {sql: %3$d}}]
    """
        .formatted(namespace, host, port);
  }

  /**
   * @param statements what holds for statements, one line
   */
  static String databaseStatements(String namespace, String statements) {
    return """
    apiVersion: endomesh.io/v1
    kind: DatabasePolicy
    metadata: {name: %2$s, namespace: %1$s}
    spec:
      targetRefs: [{group: networking.istio.io, kind: ServiceEntry, name: %2$s}]
      statements:
        %3$s
    """
        .formatted(namespace, Database.HOST, statements);
  }

  /** The versions of inventory, as services that a route can name. */
  static String inventoryVersions(String namespace) {
    return """
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: inventory-v1, namespace: %1$s}
    spec: {selector: {app: inventory, version: v1}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: inventory-v2, namespace: %1$s}
    spec: {selector: {app: inventory, version: v2}}
    """
        .formatted(namespace);
  }

  static String split(String namespace, int v1, int v2) {
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: GRPCRoute
    metadata: {name: inventory, namespace: %s}
    spec:
      parentRefs: [{group: "", kind: Service, name: inventory}]
      rules:
        - backendRefs:
            - {name: inventory-v1, weight: %d}
            - {name: inventory-v2, weight: %d}
    """
        .formatted(namespace, v1, v2);
  }

  static String retry(String namespace) {
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: GRPCRoute
    metadata: {name: inventory, namespace: %s}
    spec:
      parentRefs: [{group: "", kind: Service, name: inventory}]
      rules:
        - backendRefs: [{name: inventory}]
          retry: {attempts: 3, codes: [503], backoff: 5ms}
    """
        .formatted(namespace);
  }

  /** A second layer that retries what the first could not mend. */
  static String retryOrders(String namespace) {
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: orders, namespace: %s}
    spec:
      parentRefs: [{group: "", kind: Service, name: orders}]
      rules:
        - backendRefs: [{name: orders}]
          retry: {attempts: 2, codes: [503], backoff: 5ms}
    """
        .formatted(namespace);
  }

  static String timeout(String namespace, String request) {
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: GRPCRoute
    metadata: {name: inventory, namespace: %s}
    spec:
      parentRefs: [{group: "", kind: Service, name: inventory}]
      rules:
        - backendRefs: [{name: inventory}]
          timeouts: {request: %s}
    """
        .formatted(namespace, request);
  }

  /** Faults, a rewrite and a direct response on the way to orders, in Istio's words. */
  static String virtualOrders(String namespace, String delay, int abort) {
    return """
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: orders, namespace: %1$s}
    spec:
      hosts: [orders]
      http:
        - match: [{uri: {exact: /stock/broken}}]
          fault: {abort: {httpStatus: %3$d, percentage: {value: 100}}}
          route: [{destination: {host: orders}}]
        - match: [{uri: {exact: /stock/coffee}}]
          rewrite: {uri: /stock/tea}
          route: [{destination: {host: orders}}]
        - match: [{uri: {exact: /whoami}}]
          directResponse: {status: 200, body: {string: nobody}}
        - match: [{uri: {prefix: /stock/}}]
          fault: {delay: {fixedDelay: %2$s, percentage: {value: 100}}}
          route: [{destination: {host: orders}}]
        - route: [{destination: {host: orders}}]
    """
        .formatted(namespace, delay, abort);
  }

  /** Calls of {@code /whoami} obey a VirtualService of another namespace, which comes second. */
  static String delegating(String namespace, String other, String answer) {
    return """
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: orders, namespace: %1$s}
    spec:
      hosts: [orders]
      http:
        - match: [{uri: {prefix: /whoami}}]
          delegate: {name: whoami, namespace: %2$s}
        - route: [{destination: {host: orders}}]
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: whoami, namespace: %2$s}
    spec:
      exportTo: [%1$s]
      http:
        - match: [{uri: {exact: /whoami}}]
          directResponse: {status: 200, body: {string: %3$s}}
    """
        .formatted(namespace, other, answer);
  }

  /** An instance of inventory that fails so often in a row is left out for a while. */
  static String ejecting(String namespace, int errors) {
    return """
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: inventory, namespace: %s}
    spec:
      host: inventory
      trafficPolicy:
        outlierDetection: {consecutive5xxErrors: %d, baseEjectionTime: 1m, maxEjectionPercent: 50}
    """
        .formatted(namespace, errors);
  }

  static String smiSplit(String namespace, int v1, int v2) {
    return """
    apiVersion: split.smi-spec.io/v1alpha4
    kind: TrafficSplit
    metadata: {name: inventory, namespace: %s}
    spec:
      service: inventory
      backends:
        - {service: inventory-v1, weight: %d}
        - {service: inventory-v2, weight: %d}
    """
        .formatted(namespace, v1, v2);
  }

  /** One retry an hour. */
  static String hardlyRetrying(String namespace) {
    return """
    apiVersion: gateway.networking.x-k8s.io/v1alpha1
    kind: XBackendTrafficPolicy
    metadata: {name: inventory, namespace: %s}
    spec:
      targetRefs: [{group: "", kind: Service, name: inventory}]
      retryConstraint:
        budget: {percent: 0}
        minRetryRate: {count: 1, interval: 1h}
    """
        .formatted(namespace);
  }

  static String toNobody(String namespace) {
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: orders, namespace: %s}
    spec:
      parentRefs: [{group: "", kind: Service, name: orders}]
      rules: [{backendRefs: [{name: nobody}]}]
    """
        .formatted(namespace);
  }

  /** Scripts of a site may call storefront. */
  static String openToScripts(String namespace, String origin) {
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: storefront, namespace: %s}
    spec:
      parentRefs: [{group: "", kind: Service, name: storefront}]
      rules:
        - filters: [{type: CORS, cors: {allowOrigins: ["%s"]}}]
    """
        .formatted(namespace, origin);
  }

  /** Of the calls from the first zone so many percent go to the second. */
  static String distributed(String namespace, int percent) {
    return """
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: inventory, namespace: %1$s}
    spec:
      host: inventory
      trafficPolicy:
        loadBalancer:
          localityLbSetting:
            distribute:
              - {from: eu/eu-1, to: {eu/eu-1: %2$d, eu/eu-2: %3$d}}
    """
        .formatted(namespace, 100 - percent, percent);
  }

  /** Inventory is left alone for a while when half of so many calls fail. */
  static String breaking(String namespace, int calls, String open) {
    return """
    apiVersion: endomesh.io/v1
    kind: ResiliencePolicy
    metadata: {name: inventory, namespace: %s}
    spec:
      targetRefs: [{group: "", kind: Service, name: inventory}]
      breaker: {minimumCalls: %d, openDuration: %s}
    """
        .formatted(namespace, calls, open);
  }

  /** A call of inventory that is not answered in time is sent to another instance as well. */
  static String hedging(String namespace, String after) {
    return """
    apiVersion: endomesh.io/v1
    kind: ResiliencePolicy
    metadata: {name: inventory, namespace: %s}
    spec:
      targetRefs: [{group: "", kind: Service, name: inventory}]
      hedging: {after: %s}
    """
        .formatted(namespace, after);
  }

  static String onlyOrdersCallPayments() {
    return """
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: only-orders, namespace: finance}
    spec:
      selector: {matchLabels: {app: payments}}
      action: ALLOW
      rules:
        - from: [{source: {principals: [endomesh.local/ns/shop/sa/orders]}}]
    """;
  }

  /** The same policy, only asked. */
  static String inDryRun(String policy) {
    return policy.replace(
        "namespace: finance}", "namespace: finance, annotations: {endomesh.io/dry-run: \"true\"}}");
  }

  /** So many in an hour, at once. */
  static String limitCharges(String namespace, int requests) {
    return """
    apiVersion: endomesh.io/v1
    kind: RateLimitPolicy
    metadata: {name: charges, namespace: %s}
    spec:
      targetRefs: [{group: "", kind: Service, name: storefront}]
      limits:
        - name: charges
          match: {path: {type: Exact, value: /charge-directly}, method: POST}
          requests: %d
          per: 1h
    """
        .formatted(namespace, requests);
  }

  /**
   * The instances of inventory answer so many calls together; the bucket does not fill meanwhile.
   */
  static String limitInventory(String namespace, int requests) {
    return """
    apiVersion: endomesh.io/v1
    kind: RateLimitPolicy
    metadata: {name: reservations, namespace: %s}
    spec:
      targetRefs: [{group: "", kind: Service, name: inventory}]
      scope: Global
      timeout: 1s
      limits:
        - {name: each, requests: %d, per: 24h, key: caller}
    """
        .formatted(namespace, requests);
  }

  /** Storefront finds its limit from so many calls at a time on; a header says what is urgent. */
  static String overload(String namespace, int min) {
    return """
    apiVersion: endomesh.io/v1
    kind: OverloadPolicy
    metadata: {name: storefront, namespace: %s}
    spec:
      targetRefs: [{group: "", kind: Service, name: storefront}]
      concurrency: {min: %d}
      urgency: {header: priority}
    """
        .formatted(namespace, min);
  }
}
