package io.endomesh.xds.runtime;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A {@link Log} that keeps its sentences for the test. */
public final class RecordedLog implements Log {

  private final List<String> infos = new CopyOnWriteArrayList<>();
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();

  @Override
  public void info(String sentence) {
    infos.add(sentence);
  }

  @Override
  public void warn(String sentence) {
    warnings.add(sentence);
  }

  @Override
  public void error(String sentence) {
    errors.add(sentence);
  }

  public List<String> errors() {
    return errors;
  }

  public List<String> infos() {
    return infos;
  }

  public List<String> warnings() {
    return warnings;
  }
}
