package io.endomesh.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A promise that a library cannot be held to. The compatibility page lists it with its reason. On a
 * class above the test it holds for all below, unless one says its own.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(NotApplicable.All.class)
@Inherited
public @interface NotApplicable {

  /** Name of the test. */
  String promise();

  /** For a user: {@code the driver has no asynchronous calls}. */
  String reason();

  /** Several of them. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.TYPE)
  @Inherited
  @interface All {
    NotApplicable[] value();
  }
}
