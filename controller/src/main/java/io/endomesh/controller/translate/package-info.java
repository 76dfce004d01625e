/** From resources and workloads to xDS, one class for each kind. */
@NullMarked
package io.endomesh.controller.translate;

import org.jspecify.annotations.NullMarked;
