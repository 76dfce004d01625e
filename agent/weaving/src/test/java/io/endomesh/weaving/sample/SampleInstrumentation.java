package io.endomesh.weaving.sample;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;
import java.util.Map;

/** Weaves a library of the test, under a name and with relocations of the test's choice. */
public class SampleInstrumentation extends Instrumentation {

  private final String type;
  private final List<String> requires;
  private final Map<String, String> relocations;

  public SampleInstrumentation(
      String type, List<String> requires, Map<String, String> relocations) {
    this.type = type;
    this.requires = requires;
    this.relocations = relocations;
  }

  @Override
  public String name() {
    return "sample";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(type).method("send").advice("io.endomesh.weaving.sample.SampleAdvice"));
  }

  @Override
  public List<String> requires() {
    return requires;
  }

  @Override
  public Map<String, String> relocations() {
    return relocations;
  }
}
