/** What of the test uses Jetty: loaded anew for each version of it. */
@NullMarked
package io.endomesh.contracts.jetty9.server;

import org.jspecify.annotations.NullMarked;
