package io.endomesh.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A promise that a library cannot be held to. The compatibility page lists it with its reason. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(NotApplicable.All.class)
public @interface NotApplicable {

  /** Name of the test. */
  String promise();

  /** For a user: {@code the driver has no asynchronous calls}. */
  String reason();

  /** Several of them. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.TYPE)
  @interface All {
    NotApplicable[] value();
  }
}
