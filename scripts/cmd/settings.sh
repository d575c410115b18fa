# shellcheck shell=sh disable=SC2034,SC2154 # set here and used in another of the files that are read in
# SPDX-License-Identifier: MIT
# The options that set the shim's variables, and a strict reading of their values.

# setting NAME VALUE: is VALUE one that NOSELF_NAME may have? The same strict reading as the shim's.
# If not, `expected` says what was.
setting() {
  case $1:$2 in
    MODE:retry | MODE:fail | MODE:observe) return 0 ;;
    RETRIES:[1-9] | RETRIES:1[0-6]) return 0 ;;
    PINNED:fail | PINNED:allow) return 0 ;;
    BIND_NO_PORT:[01]) return 0 ;;
    LOG:off | LOG:stderr) return 0 ;;
    LOG:*'
'*) ;; # a line break fits neither a drop-in nor anybody's eye
    LOG:/*) [ ${#2} -ge 4096 ] || return 0 ;;
    ERRNO:[1-9] | ERRNO:[1-9][0-9] | ERRNO:1[0-2][0-9] | ERRNO:13[0-3]) return 0 ;;
    ERRNO:*[!A-Z0-9]*) ;;
    ERRNO:E*) ! errno_name "$2" || return 0 ;;
  esac
  case $1 in
    MODE) expected='retry, fail or observe' ;;
    RETRIES) expected='a number from 1 to 16' ;;
    ERRNO) expected="an errno's name, such as ECONNREFUSED, or a number from 1 to 133" ;;
    PINNED) expected='fail or allow' ;;
    BIND_NO_PORT) expected='1 or 0' ;;
    LOG) expected='off, stderr or an absolute path' ;;
  esac
  return 1
}

errno_name() {
  errno_names=" EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT \
ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC \
ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP ENOMSG \
EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC \
EBADSLT EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO \
EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX \
ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT \
EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL \
ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN \
ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN \
ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED \
EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON EWOULDBLOCK EDEADLOCK \
ENOTSUP "
  case $errno_names in
    *" $1 "*) return 0 ;;
  esac
  return 1
}

# option COUNT ARG [NEXT]: reads ARG as one of the options that set a variable, in each of its
# forms (-m fail, -mfail, --mode fail, --mode=fail); COUNT says how many words there are.
# Returns 0 and sets `setting_name`, `setting_value` and `used` (1 or 2 words); 1 if it is none of
# these; 2 after a complaint.
option() {
  case $2 in
    -m* | --mode | --mode=*) setting_name=MODE ;;
    -r* | --retries | --retries=*) setting_name=RETRIES ;;
    -e* | --errno | --errno=*) setting_name=ERRNO ;;
    -p* | --pinned | --pinned=*) setting_name=PINNED ;;
    -b* | --bind-no-port | --bind-no-port=*) setting_name=BIND_NO_PORT ;;
    -l* | --log | --log=*) setting_name=LOG ;;
    *) return 1 ;;
  esac
  used=1
  case $2 in
    --*=*) setting_value=${2#*=} ;;
    -[!-]?*) setting_value=${2#-?} ;;
    *)
      if [ "$1" -lt 2 ]; then
        say "option $2 needs a value; nothing done"
        return 2
      fi
      setting_value=$3 used=2
      ;;
  esac
  setting "$setting_name" "$setting_value" && return 0
  say "option $2: expected $expected, got '$setting_value'; nothing done"
  return 2
}

# option_help: the lines of --help for these options.
option_help() {
  echo "  -m, --mode=MODE           retry, fail or observe (retry)
  -r, --retries=N           how often retry dials again, 1 to 16 (3)
  -e, --errno=NAME          what a call that only reaches itself fails with,
                            a name or a number 1 to 133 (ECONNREFUSED)
  -p, --pinned=WHAT         fail or allow, for a port the program itself
                            bound (fail)
  -b, --bind-no-port=0|1    the IP_BIND_ADDRESS_NO_PORT hint (1)
  -l, --log=WHERE           off, stderr or an absolute path (off)"
}
