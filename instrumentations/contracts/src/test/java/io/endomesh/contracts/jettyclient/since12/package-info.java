/** What uses Jetty's client since 12. */
@NullMarked
package io.endomesh.contracts.jettyclient.since12;

import org.jspecify.annotations.NullMarked;
