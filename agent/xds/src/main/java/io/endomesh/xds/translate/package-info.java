/** xDS resources, checked and turned into values; one class for each type of resource. */
@NullMarked
package io.endomesh.xds.translate;

import org.jspecify.annotations.NullMarked;
