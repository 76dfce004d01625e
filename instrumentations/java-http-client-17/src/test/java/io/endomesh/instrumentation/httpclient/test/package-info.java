/** The JDK's HTTP client kept to the promises of the contract, in a woven JVM. */
@NullMarked
package io.endomesh.instrumentation.httpclient.test;

import org.jspecify.annotations.NullMarked;
