package io.endomesh.controller.corpus;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.dataplane.fuzz.Mutator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Changes resources without breaking their form: fields go, move and have other values, such as
 * other resources have in the same field. Writes JSON, which is YAML.
 */
final class TreeMutator implements Mutator {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<Object> VALUES =
      List.of(
          "",
          "*",
          "/",
          "a",
          "orders",
          "shop",
          "-1s",
          "1ns",
          "9999999h",
          "(a|b)*",
          "{*}",
          "%",
          "\0",
          "\uD800",
          "é".repeat(300),
          "x".repeat(5_000),
          0,
          -1,
          1,
          65_536,
          Integer.MIN_VALUE,
          Long.MAX_VALUE,
          1e308,
          0.1,
          true,
          false,
          List.of(),
          Map.of(),
          List.of(List.of()));

  private final Mutator text;

  TreeMutator(Mutator text) {
    this.text = text;
  }

  @Override
  public byte[] mutate(byte[] input, List<byte[]> corpus, Random random) {
    List<Map<?, ?>> documents = read(input);
    if (documents.isEmpty() || random.nextInt(5) == 0) {
      return text.mutate(input, corpus, random);
    }
    Map<String, List<Object>> known = new LinkedHashMap<>();
    List<Object> places = new ArrayList<>();
    documents.forEach(document -> collect(document, 0, places, known));
    if (places.isEmpty()) {
      return text.mutate(input, corpus, random);
    }
    read(corpus.get(random.nextInt(corpus.size())))
        .forEach(document -> collect(document, 0, new ArrayList<>(), known));
    change(places.get(random.nextInt(places.size())), known, random);
    try {
      StringBuilder written = new StringBuilder();
      for (Map<?, ?> document : documents) {
        written.append("---\n").append(JSON.writeValueAsString(document)).append('\n');
      }
      return written.toString().getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      return input;
    }
  }

  private static List<Map<?, ?>> read(byte[] input) {
    try {
      return ResourceParser.documents(new String(input, StandardCharsets.UTF_8));
    } catch (InvalidResourceException e) {
      return List.of();
    }
  }

  private static void collect(
      Object value, int depth, List<Object> places, Map<String, List<Object>> known) {
    // Aliases may make trees without an end.
    if (places.size() > 10_000 || depth > 50) {
      return;
    }
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      places.add(map);
      map.forEach(
          (name, field) -> {
            known.computeIfAbsent(String.valueOf(name), all -> new ArrayList<>()).add(field);
            collect(field, depth + 1, places, known);
          });
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      places.add(list);
      list.forEach(item -> collect(item, depth + 1, places, known));
    }
  }

  @SuppressWarnings("unchecked") // Of what the parser made for us.
  private static void change(Object place, Map<String, List<Object>> known, Random random) {
    if (place instanceof List<?> list) {
      List<Object> items = (List<Object>) list;
      int at = random.nextInt(items.size());
      switch (random.nextInt(4)) {
        case 0 -> items.remove(at);
        case 1 -> items.add(items.get(at));
        case 2 -> items.set(at, value(random));
        default -> items.add(items.get(random.nextInt(items.size())));
      }
      return;
    }
    Map<String, Object> fields = (Map<String, Object>) place;
    List<String> names = new ArrayList<>(fields.keySet());
    String name = String.valueOf((Object) names.get(random.nextInt(names.size())));
    List<String> all = new ArrayList<>(known.keySet());
    String other = all.get(random.nextInt(all.size()));
    switch (random.nextInt(6)) {
      case 0 -> fields.remove(name);
      case 1 -> fields.put(name, value(random));
      case 2 -> fields.put(other, one(known.get(other), random));
      default -> fields.put(name, one(known.getOrDefault(name, VALUES), random));
    }
  }

  private static Object one(List<Object> values, Random random) {
    return values.get(random.nextInt(values.size()));
  }

  private static Object value(Random random) {
    return VALUES.get(random.nextInt(VALUES.size()));
  }
}
