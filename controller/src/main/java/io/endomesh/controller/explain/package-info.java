/** What would happen to a call, asked of the data plane's own classes. */
@NullMarked
package io.endomesh.controller.explain;

import org.jspecify.annotations.NullMarked;
