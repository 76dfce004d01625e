package io.endomesh.weaving;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One join point: some methods of some named classes get one advice. Immutable.
 *
 * <pre>{@code
 * Weave.types("jdk.internal.net.http.HttpClientImpl")
 *     .method("send")
 *     .taking("java.net.http.HttpRequest", "java.net.http.HttpResponse$BodyHandler")
 *     .advice("io.endomesh.instrumentation.httpclient.SendAdvice")
 * }</pre>
 *
 * @param types binary names of the classes; one of them has such a method in every version that
 *     fits
 * @param methods names; {@code <init>} is a constructor
 * @param parameters binary names of the parameter types, null for any
 * @param minParameters at least so many parameters; used where {@code parameters} is null
 * @param optional if a version without such a method fits as well
 * @param advice binary name of the advice class: public, static methods, {@code inline = false}
 */
public record Weave(
    Set<String> types,
    Set<String> methods,
    @Nullable List<String> parameters,
    int minParameters,
    boolean optional,
    String advice) {

  public Weave {
    types = Set.copyOf(types);
    methods = Set.copyOf(methods);
    parameters = parameters == null ? null : List.copyOf(parameters);
  }

  public static Builder types(String... binaryNames) {
    return new Builder(Set.of(binaryNames));
  }

  /** Builds a {@link Weave}; reads like the sentence it is. */
  public static final class Builder {
    private final Set<String> types;
    private Set<String> methods = Set.of();
    private @Nullable List<String> parameters;
    private int minParameters;
    private boolean optional;

    private Builder(Set<String> types) {
      this.types = types;
    }

    public Builder method(String... names) {
      methods = Set.of(names);
      return this;
    }

    public Builder constructor() {
      methods = Set.of("<init>");
      return this;
    }

    public Builder taking(String... binaryNames) {
      parameters = List.of(binaryNames);
      return this;
    }

    public Builder takingAtLeast(int count) {
      minParameters = count;
      return this;
    }

    /** Versions that have no such method, or not the class, are woven without it. */
    public Builder ifPresent() {
      optional = true;
      return this;
    }

    public Weave advice(String binaryName) {
      return new Weave(types, methods, parameters, minParameters, optional, binaryName);
    }
  }
}
