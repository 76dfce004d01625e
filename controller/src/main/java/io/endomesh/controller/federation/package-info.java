/** Other trust domains: their roots, fetched here and nowhere else, and ours for them. */
@NullMarked
package io.endomesh.controller.federation;

import org.jspecify.annotations.NullMarked;
