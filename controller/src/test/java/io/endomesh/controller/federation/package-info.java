@NullMarked
package io.endomesh.controller.federation;

import org.jspecify.annotations.NullMarked;
