/** Jetty's HTTP client. */
@NullMarked
package io.endomesh.contracts.jettyclient;

import org.jspecify.annotations.NullMarked;
