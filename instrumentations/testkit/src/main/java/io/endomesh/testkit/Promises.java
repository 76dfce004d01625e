package io.endomesh.testkit;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Writes what became of each promise of a test class to {@code JDK/CLASS.tsv} below the directory
 * that the system property {@code contracts.results} names. A line is: library, version, contract,
 * {@code contract} or {@code own}, promise, outcome, reason, {@code every-change} or {@code
 * on-demand}. JUnit makes one for each test class and calls it from one thread.
 */
final class Promises
    implements BeforeAllCallback, AfterAllCallback, ExecutionCondition, TestWatcher {

  /** In order of weight: a promise of many tests is as good as the worst of them. */
  private enum Outcome {
    KEPT,
    NOT_APPLICABLE,
    BROKEN;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private record Line(Outcome outcome, String reason) {}

  /** What stands between JUnit's own words and the reason that a condition gives. */
  private static final String JUNIT_ARROW = " ==> ";

  private final Map<Method, Line> lines =
      new TreeMap<>((one, other) -> one.getName().compareTo(other.getName()));

  @Override
  public void beforeAll(ExtensionContext test) throws IOException {
    // A class that does not come to its end has no results, rather than those of the last time.
    Files.deleteIfExists(file(test.getRequiredTestClass()));
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext test) {
    NotApplicable[] exceptions =
        test.getRequiredTestClass().getAnnotationsByType(NotApplicable.class);
    Optional<Method> promise = test.getTestMethod();
    if (promise.isEmpty()) {
      Arrays.stream(exceptions).forEach(each -> mustExist(each, test.getRequiredTestClass()));
      return ConditionEvaluationResult.enabled("some of its promises apply");
    }
    int needed = StagedLibrary.library(test.getRequiredTestClass()).jdk();
    if (Runtime.version().feature() < needed) {
      return ConditionEvaluationResult.disabled("the library needs JDK " + needed);
    }
    return Arrays.stream(exceptions)
        .filter(each -> each.promise().equals(promise.get().getName()))
        .findFirst()
        .map(each -> ConditionEvaluationResult.disabled(each.reason()))
        .orElse(ConditionEvaluationResult.enabled("applies"));
  }

  private static void mustExist(NotApplicable exception, Class<?> test) {
    for (Class<?> type = test; type != null; type = type.getSuperclass()) {
      for (Method method : type.getDeclaredMethods()) {
        if (method.getName().equals(exception.promise())) {
          return;
        }
      }
    }
    throw new ExtensionConfigurationException(
        "@NotApplicable: " + exception.promise() + " (expected: a test of " + test.getName() + ")");
  }

  @Override
  public void testSuccessful(ExtensionContext test) {
    add(test, Outcome.KEPT, "");
  }

  @Override
  public void testFailed(ExtensionContext test, @Nullable Throwable cause) {
    add(test, Outcome.BROKEN, "");
  }

  @Override
  public void testAborted(ExtensionContext test, @Nullable Throwable cause) {
    add(test, Outcome.BROKEN, "");
  }

  @Override
  public void testDisabled(ExtensionContext test, Optional<String> reason) {
    String text = reason.orElse("no reason given");
    int arrow = text.indexOf(JUNIT_ARROW);
    add(
        test,
        Outcome.NOT_APPLICABLE,
        arrow < 0 ? text : text.substring(arrow + JUNIT_ARROW.length()));
  }

  private void add(ExtensionContext test, Outcome outcome, String reason) {
    lines.merge(
        test.getRequiredTestMethod(),
        new Line(outcome, reason),
        (one, other) -> one.outcome().compareTo(other.outcome()) >= 0 ? one : other);
  }

  @Override
  public void afterAll(ExtensionContext test) throws IOException {
    Class<?> type = test.getRequiredTestClass();
    Class<?> contract = contract(type);
    boolean everyChange =
        Selection.isOfEveryChange(StagedLibrary.library(type), Runtime.version().feature());
    List<String> text = new ArrayList<>();
    lines.forEach(
        (promise, line) ->
            text.add(
                String.join(
                    "\t",
                    StagedLibrary.library(type).name(),
                    StagedLibrary.of(type).version(),
                    contract.getAnnotation(Contract.class).value(),
                    promise.getDeclaringClass().isAssignableFrom(contract) ? "contract" : "own",
                    promise.getName(),
                    line.outcome().word(),
                    line.reason(),
                    everyChange ? "every-change" : "on-demand")));
    Path file = file(type);
    Files.createDirectories(file.getParent());
    Files.write(file, text);
  }

  /** The class that the annotation stands on. */
  private static Class<?> contract(Class<?> test) {
    Class<?> type = test;
    while (type.getDeclaredAnnotation(Contract.class) == null) {
      type = type.getSuperclass();
    }
    return type;
  }

  private static Path file(Class<?> test) {
    return Path.of(
        StagedLibrary.setting("contracts.results"),
        String.valueOf(Runtime.version().feature()),
        test.getName() + ".tsv");
  }
}
