@NullMarked
package io.endomesh.controller.explain;

import org.jspecify.annotations.NullMarked;
