/** What a Dovecot 2.3 needs that runs without any rights in a folder of its own. */
export const dovecotSettings = (about: {
  readonly folder: string;
  readonly user: string;
  readonly group: string;
  readonly ports: { readonly imap: number; readonly imaps: number; readonly lmtp: number };
}): string => {
  const { folder, user, group, ports } = about;
  // Without the penalty and delay settings one wrong password slows every later login down by seconds.
  return `
protocols = imap lmtp
listen = 127.0.0.1
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
mail_location = maildir:${folder}/mail/%u
mail_max_userip_connections = 50
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/users
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${folder}/oauth2.conf.ext
}
userdb {
  driver = passwd-file
  args = username_format=%u ${folder}/users
  default_fields = home=${folder}/home/%u
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Archive {
    auto = subscribe
    special_use = \\Archive
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  process_min_avail = 1
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${ports.lmtp}
  }
}
protocol lmtp {
  postmaster_address = postmaster@test.local
  lmtp_save_to_detail_mailbox = no
  recipient_delimiter = +
}
`;
};

/** Where Dovecot asks whether a token is good. */
export const oauthSettings = (url: string) => `
introspection_mode = post
introspection_url = ${url}
username_attribute = email
active_attribute = active
active_value = true
force_introspection = yes
`;
