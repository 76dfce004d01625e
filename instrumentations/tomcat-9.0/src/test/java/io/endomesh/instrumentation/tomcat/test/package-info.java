/** Tomcat kept to the promises of the contract, version by version, in a woven JVM. */
@NullMarked
package io.endomesh.instrumentation.tomcat.test;

import org.jspecify.annotations.NullMarked;
