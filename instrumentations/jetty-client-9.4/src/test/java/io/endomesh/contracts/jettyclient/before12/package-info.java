/** What uses Jetty's client until 11. */
@NullMarked
package io.endomesh.contracts.jettyclient.before12;

import org.jspecify.annotations.NullMarked;
