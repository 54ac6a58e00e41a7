// Which sanitizer this test runs under: GCC defines macros for that, clang answers __has_feature().
#pragma once

#if defined(__has_feature)
#define LOGSNIFFD_HAS_FEATURE(feature) __has_feature(feature)
#else
#define LOGSNIFFD_HAS_FEATURE(feature) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || LOGSNIFFD_HAS_FEATURE(address_sanitizer)
#define LOGSNIFFD_ADDRESS_SANITIZER 1
#else
#define LOGSNIFFD_ADDRESS_SANITIZER 0
#endif

#if defined(__SANITIZE_THREAD__) || LOGSNIFFD_HAS_FEATURE(thread_sanitizer)
#define LOGSNIFFD_THREAD_SANITIZER 1
#else
#define LOGSNIFFD_THREAD_SANITIZER 0
#endif
