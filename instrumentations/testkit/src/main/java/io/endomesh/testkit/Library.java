package io.endomesh.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The library that a test class holds to its {@link Contract}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Library {

  /** As a user would call it: {@code Tomcat NIO}. */
  String name();

  /**
   * Where the build put its jars: the beginning of the directory's name, which ends with the
   * version; {@code tomcat-9} for {@code tomcat-9.0.65}. Empty for a library of the JDK.
   */
  String staged() default "";

  /** Other staged libraries, named in the same way, that it stands on. */
  String[] upon() default {};

  /** Decides when it is run, see {@link Selection}. */
  Release release() default Release.OLDEST;

  /** The oldest JDK that it runs on. On older ones its promises do not apply. */
  int jdk() default 17;

  /** File names of jars that are staged there, and are another test's. */
  String[] without() default {};
}
