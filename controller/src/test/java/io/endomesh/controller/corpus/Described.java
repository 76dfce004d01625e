package io.endomesh.controller.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.re2j.Pattern;
import io.endomesh.dataplane.authorize.AddressRange;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.database.StatementClasses;
import io.endomesh.dataplane.external.ExternalAuthorization;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.limit.Buckets;
import io.endomesh.dataplane.limit.GlobalLimits;
import io.endomesh.dataplane.limit.GradientLimit;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.dataplane.token.KeySet;
import io.endomesh.dataplane.token.RequestAuthentication;
import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot holds, as a tree. What says nothing is left out: null, nothing, no, none, and no
 * limit; so is what a snapshot counts in. Clusters are named, and told once.
 */
final class Described {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Map<String, Cluster> clusters = new LinkedHashMap<>();

  /** Those that were named so far. */
  ObjectNode clusters() throws ReflectiveOperationException {
    ObjectNode all = NODES.objectNode();
    for (Cluster cluster : new TreeMap<>(clusters).values()) {
      ObjectNode one = NODES.objectNode();
      put(one, "endpoints", cluster.endpoints());
      put(one, "policy", cluster.policy());
      all.set(cluster.name(), one);
    }
    return all;
  }

  /** Null if it says nothing. */
  @Nullable JsonNode of(@Nullable Object value) throws ReflectiveOperationException {
    if (value == null
        || value instanceof Load
        || value instanceof Buckets
        || value instanceof GradientLimit
        || value.equals(false)
        || value.equals("")
        || value instanceof Number number && saysNothing(number)) {
      return null;
    }
    if (value instanceof Number
        || value instanceof Boolean
        || value instanceof Enum<?>
        || value instanceof StatementClasses
        || value instanceof AddressRange) {
      return new TextNode(value.toString());
    }
    if (value instanceof String text) {
      return new TextNode(text);
    }
    if (value instanceof Pattern pattern) {
      return new TextNode(pattern.pattern());
    }
    if (value instanceof InetSocketAddress address) {
      return new TextNode(address.getHostString() + ":" + address.getPort());
    }
    if (value instanceof OriginatedTls tls) {
      String file = tls.files() == null ? null : tls.files().certificate();
      return new TextNode(
          (tls.ownCertificate() || file != null ? "mutual TLS to " : "TLS to ")
              + tls.expected()
              + (file == null ? "" : " with the certificate in " + file));
    }
    if (value instanceof Cluster cluster) {
      clusters.put(cluster.name(), cluster);
      return new TextNode(cluster.name());
    }
    if (value instanceof GlobalLimits limits) {
      return of(limits.policy());
    }
    if (value instanceof ExternalAuthorization.Asked asked) {
      return of(asked.policies());
    }
    if (value instanceof RequestAuthentication tokens) {
      return of(tokens.issuers());
    }
    if (value instanceof KeySet keys) {
      return new TextNode(keys.size() + " to verify by");
    }
    if (value instanceof WeightedClusters split) {
      return of(split.targets());
    }
    if (value instanceof Authorization authorization) {
      ObjectNode node = NODES.objectNode();
      put(node, "deny", authorization.deny());
      put(node, "allow", authorization.allow());
      put(node, "dryRun", authorization.dryRun());
      return node.isEmpty() ? null : node;
    }
    if (value instanceof VirtualHost host) {
      ObjectNode node = NODES.objectNode();
      put(node, "name", host.name());
      put(node, "routes", host.routes());
      put(node, "database", host.database());
      return node;
    }
    if (value instanceof Set<?> items) {
      return items.stream().allMatch(Integer.class::isInstance)
          ? ranges(items.stream().map(Integer.class::cast).sorted().toList())
          : list(items.stream().sorted(Comparator.comparing(Object::toString)).toList());
    }
    if (value instanceof Collection<?> items) {
      return list(items);
    }
    if (value instanceof Map<?, ?> map) {
      return map(map);
    }
    if (value instanceof Record some) {
      return record(some);
    }
    throw new IllegalStateException(
        value.getClass() + " (expected: a record, or a word of how to tell it)");
  }

  private static boolean saysNothing(Number number) {
    return number.doubleValue() == 0
        || number.equals(Integer.MAX_VALUE)
        || number.equals(Long.MAX_VALUE);
  }

  private @Nullable JsonNode list(Collection<?> items) throws ReflectiveOperationException {
    ArrayNode node = NODES.arrayNode();
    for (Object item : items) {
      JsonNode told = of(item);
      if (told != null) {
        node.add(told);
      }
    }
    return node.isEmpty() ? null : node;
  }

  /** {@code [429, 500 to 599]}. */
  private @Nullable JsonNode ranges(List<Integer> sorted) throws ReflectiveOperationException {
    List<String> ranges = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) {
      int first = sorted.get(i);
      while (i + 1 < sorted.size() && sorted.get(i + 1) == sorted.get(i) + 1) {
        i++;
      }
      int last = sorted.get(i);
      ranges.add(last == first ? String.valueOf(first) : first + " to " + last);
    }
    return list(ranges);
  }

  private @Nullable JsonNode map(Map<?, ?> map) throws ReflectiveOperationException {
    ObjectNode node = NODES.objectNode();
    for (Map.Entry<?, ?> entry : new TreeMap<>(map).entrySet()) {
      put(node, String.valueOf(entry.getKey()), entry.getValue());
    }
    return node.isEmpty() ? null : node;
  }

  private @Nullable JsonNode record(Record some) throws ReflectiveOperationException {
    Class<?> type = some.getClass();
    ObjectNode node = NODES.objectNode();
    for (RecordComponent component : type.getRecordComponents()) {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      Object value = accessor.invoke(some);
      String name = component.getName();
      if (name.endsWith("Nanos") && value instanceof Long nanos) {
        put(node, name.substring(0, name.length() - "Nanos".length()), duration(nanos));
      } else {
        put(node, name, value);
      }
    }
    boolean isAlternative = type.getInterfaces().length > 0;
    if (node.isEmpty()) {
      return isAlternative ? new TextNode(type.getSimpleName()) : null;
    }
    return isAlternative ? NODES.objectNode().set(type.getSimpleName(), node) : node;
  }

  private static @Nullable String duration(long nanos) {
    return saysNothing(nanos) ? null : TimeUnit.NANOSECONDS.toMillis(nanos) + " ms";
  }

  private void put(ObjectNode node, String name, @Nullable Object value)
      throws ReflectiveOperationException {
    JsonNode told = of(value);
    if (told != null) {
      node.set(name, told);
    }
  }
}
