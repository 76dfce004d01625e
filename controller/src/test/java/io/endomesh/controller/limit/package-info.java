@NullMarked
package io.endomesh.controller.limit;

import org.jspecify.annotations.NullMarked;
