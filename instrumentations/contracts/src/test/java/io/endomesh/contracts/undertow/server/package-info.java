/** What of the test uses Undertow: loaded anew for each version of it. */
@NullMarked
package io.endomesh.contracts.undertow.server;

import org.jspecify.annotations.NullMarked;
