@NullMarked
package io.endomesh.controller.translate;

import org.jspecify.annotations.NullMarked;
