/** OpenFeign, which leaves the calls to others. */
@NullMarked
package io.endomesh.contracts.feign;

import org.jspecify.annotations.NullMarked;
