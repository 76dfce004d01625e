/**
 * Asks others about calls: limit servers, the controller among them, and who decides about
 * requests.
 */
@NullMarked
package io.endomesh.xds.remote;

import org.jspecify.annotations.NullMarked;
