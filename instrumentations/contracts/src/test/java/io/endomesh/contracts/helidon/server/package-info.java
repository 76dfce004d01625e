/** What of the test uses Helidon: loaded anew for each version of it. */
@NullMarked
package io.endomesh.contracts.helidon.server;

import org.jspecify.annotations.NullMarked;
