package io.endomesh.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class whose tests are promises. They are held under the packaged agent jar, with the
 * application coming first, and what became of each is recorded for the compatibility page. Tests
 * that a class below adds are promises of its library alone.
 */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith({Promises.class, AppFirst.class})
public @interface Contract {

  /** As a user would call it: {@code HTTP client}. */
  String value();
}
