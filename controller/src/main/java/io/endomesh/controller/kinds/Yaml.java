package io.endomesh.controller.kinds;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * YAML within bounds: small texts can be made that nest until the stack ends, become gigabytes when
 * aliases are written out, or hold numbers that take hours to read. Stateless.
 */
final class Yaml {

  /** As many as a request to the controller has bytes. */
  private static final int MAX_CHARACTERS = 16 * 1024 * 1024;

  /** Anchors are rare in resources; more than this is an attempt to make the controller swell. */
  private static final int MAX_ALIASES = 50;

  /** A VirtualService, which nests most, has ten levels. Each needs under 1 kB of stack. */
  private static final int MAX_DEPTH = 100;

  /** A long has 19 digits, a double 17 that matter; reading a number takes the square of them. */
  private static final int MAX_DIGITS = 100;

  /** As etcd limits a Kubernetes resource ({@code --max-request-bytes}). */
  private static final int MAX_RESOURCE_CHARACTERS = 3 * 512 * 1024;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setAllowDuplicateKeys(false)
          .setMaxAliasesForCollections(MAX_ALIASES)
          .setCodePointLimit(MAX_CHARACTERS)
          .build();

  private Yaml() {}

  /**
   * What each document holds, null for an empty one.
   *
   * @throws org.snakeyaml.engine.v2.exceptions.YamlEngineException for what is no YAML, or too much
   */
  static List<@Nullable Object> documents(String text) {
    Parser parser = new Bounded(new ParserImpl(SETTINGS, new StreamReader(SETTINGS, text)));
    Composer nodes = new Composer(SETTINGS, parser);
    List<@Nullable Object> documents = new ArrayList<>();
    while (nodes.hasNext()) {
      Node node = nodes.next();
      documents.add(new StandardConstructor(SETTINGS).constructSingleDocument(Optional.of(node)));
    }
    return documents;
  }

  /**
   * Checks that a resource can be written down: it has names and plain values only, and a size that
   * is sensible with its aliases written out.
   *
   * @throws InvalidFieldException if not
   */
  static void check(Map<?, ?> resource) {
    if (weigh(resource, 0, 0) > MAX_RESOURCE_CHARACTERS) {
      throw tooLarge();
    }
  }

  /** Adds up characters, and ends as soon as there are too many: aliases may make endless trees. */
  private static long weigh(@Nullable Object value, int depth, long before) {
    long weight = before + 1;
    if (weight > MAX_RESOURCE_CHARACTERS || depth > MAX_DEPTH) {
      throw tooLarge();
    }
    if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        String name = String.valueOf(entry.getKey());
        // As in JSON, whose names are strings: portLevelMtls: {9090: …} needs no quotes.
        if (!(entry.getKey() instanceof String || entry.getKey() instanceof Number)) {
          throw new InvalidFieldException(name, "no name (expected: a string; put it in quotes)");
        }
        weight = weigh(entry.getValue(), depth + 1, weight + name.length());
      }
    } else if (value instanceof List<?> list) {
      for (Object item : list) {
        weight = weigh(item, depth + 1, weight);
      }
    } else if (value instanceof String text) {
      weight += text.length();
    } else if (!(value == null || value instanceof Number || value instanceof Boolean)) {
      throw new InvalidFieldException(
          "resource",
          "holds a "
              + value.getClass().getSimpleName()
              + " (expected: objects, lists, strings, numbers, true and false)");
    }
    return weight;
  }

  private static InvalidFieldException tooLarge() {
    return new InvalidFieldException(
        "resource",
        "too large, with its aliases written out (expected: at most "
            + MAX_RESOURCE_CHARACTERS
            + " characters, and "
            + MAX_DEPTH
            + " levels)");
  }

  /** Ends reading where it becomes too much. Not thread-safe. */
  private static final class Bounded implements Parser {

    private final Parser parser;
    private int depth;
    private int aliases;

    Bounded(Parser parser) {
      this.parser = parser;
    }

    @Override
    public boolean checkEvent(Event.ID id) {
      return parser.checkEvent(id);
    }

    @Override
    public Event peekEvent() {
      return parser.peekEvent();
    }

    @Override
    public boolean hasNext() {
      return parser.hasNext();
    }

    @Override
    public Event next() {
      Event event = parser.next();
      switch (event.getEventId()) {
        case MappingStart, SequenceStart ->
            atMost(++depth, MAX_DEPTH, "levels of objects and lists", event);
        case MappingEnd, SequenceEnd -> depth--;
        case Alias -> atMost(++aliases, MAX_ALIASES, "aliases", event);
        case Scalar -> number((ScalarEvent) event);
        default -> {
          // Says where documents begin and end.
        }
      }
      return event;
    }

    private static void number(ScalarEvent scalar) {
      String value = scalar.getValue();
      boolean maybe = scalar.isPlain() || scalar.getTag().isPresent();
      if (maybe
          && value.length() > MAX_DIGITS
          && value.chars().allMatch(c -> "+-.0123456789eE_".indexOf(c) >= 0)) {
        atMost(value.length(), MAX_DIGITS, "digits of a number", scalar);
      }
    }

    private static void atMost(int count, int most, String what, Event where) {
      if (count > most) {
        throw new ParserException(
            "",
            Optional.empty(),
            "too many " + what + " (at most " + most + ")",
            where.getStartMark());
      }
    }
  }
}
